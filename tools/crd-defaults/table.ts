import type { Defaults } from '../../charts-ts/delivery/crd-defaults.ts';
import type { Schema } from './crds.ts';

const isEmpty = (map: object): boolean => Object.keys(map).length === 0;

const ofValues = ({ additionalProperties }: Schema): Schema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;

/**
 * A field that only the newer version has. Its default is `newest`. Whatever is below the field has a default in every version
 * that has the field.
 */
function newerField(field: Schema): Defaults | undefined {
  const { default: newest, ...rest } = commonDefaults(field, field) ?? {};
  if (newest === undefined) return isEmpty(rest) ? undefined : rest;
  return { ...rest, newest };
}

/**
 * The defaults that an object may carry in every supported version: those of both schemas for the fields that both have. An API
 * server refuses or drops a field that its CRD does not have. Where the defaults differ, that of the newer version counts.
 */
export function commonDefaults(older: Schema, newer: Schema): Defaults | undefined {
  const fields: Record<string, Defaults> = {};
  for (const [name, field] of Object.entries(newer.properties ?? {})) {
    const olderField = older.properties?.[name];
    const defaults = olderField ? commonDefaults(olderField, field) : newerField(field);
    if (defaults) fields[name] = defaults;
  }
  const items = older.items && newer.items && commonDefaults(older.items, newer.items);
  const [olderValues, newerValues] = [ofValues(older), ofValues(newer)];
  const values = olderValues && newerValues && commonDefaults(olderValues, newerValues);
  const common = newer.default ?? older.default;
  const defaults = {
    ...(common !== undefined && { default: common }),
    ...(!isEmpty(fields) && { properties: fields }),
    ...(items && { items }),
    ...(values && { values }),
  };
  return isEmpty(defaults) ? undefined : defaults;
}
