import type { ValidateFunction } from 'ajv';
import type { Manifest } from '../../manifest.ts';
import { toDottedPath } from '../untyped.ts';

/** Parts of JSON schemas of custom resources for which no npm package exists. */
export const string = { type: 'string' } as const;
export const integer = { type: 'integer' } as const;
export const boolean = { type: 'boolean' } as const;
export const strings = { type: 'array', items: string } as const;
export const texts = { type: 'object', additionalProperties: string } as const;
export const listOf = (items: object) => ({ type: 'array', items }) as const;

/** An object with these fields and no others. */
export const strict = (properties: object, required: string[] = []) =>
  ({ type: 'object', properties, required, additionalProperties: false }) as const;

/** Compiled once for each schema, because that takes longer than all checks of an object. */
const validators = new Map<object, ValidateFunction>();

async function validatorOf(spec: object): Promise<ValidateFunction> {
  const known = validators.get(spec);
  if (known) return known;
  // Few outputs have such an object, so the others do not wait for the 100 ms that Ajv takes to load.
  const { Ajv } = await import('ajv');
  const properties = { apiVersion: string, kind: string, metadata: { type: 'object' }, spec };
  const validate = new Ajv({ allErrors: true }).compile(strict(properties, ['metadata', 'spec']));
  validators.set(spec, validate);
  return validate;
}

/** Checks the fields of an object whose `spec` has this schema, and returns messages. */
export async function checkSpec(object: Manifest, spec: object): Promise<string[]> {
  const validate = await validatorOf(spec);
  if (validate(object)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${toDottedPath(instancePath)} ${message} ${Object.values(params).join(' ')}`,
  );
}
