import { type Crd, readCrds, type Schema, schemasOf } from './crds.ts';
import { newerSchemas, recordedSchemas } from './recorded.ts';
import { type CrdSource, crdSources } from './sources.ts';
import { commonDefaults } from './table.ts';

/** Only what a user writes has defaults here. */
function withoutStatus(schema: Schema): Schema {
  const { metadata: _, status: __, ...properties } = { metadata: {}, status: {}, ...schema.properties };
  return { ...schema, properties };
}

/** Adds the fields of `more` to a schema. */
function extended(schema: Schema, more: Schema): Schema {
  const properties: Record<string, Schema> = { ...schema.properties };
  for (const [name, field] of Object.entries(more.properties ?? {}))
    properties[name] = extended(properties[name] ?? {}, field);
  return {
    ...schema,
    ...more,
    ...(more.properties && { properties }),
    ...(more.items && { items: extended(schema.items ?? {}, more.items) }),
  };
}

/** The CRDs of the newest version, with the fields of versions that no proxy offers. */
export function newestCrds(source: CrdSource): Crd[] {
  return readCrds(source, source.newest).map((crd) => ({
    ...crd,
    spec: {
      ...crd.spec,
      versions: crd.spec.versions.map((version) => {
        const more = newerSchemas.get(`${crd.spec.group}/${version.name} ${crd.spec.names.kind}`) ?? {};
        return {
          ...version,
          schema: { openAPIV3Schema: extended(version.schema?.openAPIV3Schema ?? {}, more) },
        };
      }),
    },
  }));
}

type Entry = readonly [kind: string, older: Schema, newer: Schema];

function ofSource(source: CrdSource): Entry[] {
  const older = schemasOf(readCrds(source, source.oldest));
  return [...schemasOf(newestCrds(source))].flatMap(([kind, newest]): Entry[] => {
    const oldest = older.get(kind);
    return oldest ? [[kind, withoutStatus(oldest), withoutStatus(newest)]] : [];
  });
}

/** The content of charts-ts/delivery/crd-defaults.jsonl. @throws Error without go or its proxy */
export function crdDefaults(): string {
  const recorded = [...recordedSchemas].map(([kind, schema]): Entry => [kind, schema, schema]);
  const lines = [...crdSources.flatMap(ofSource), ...recorded]
    .map(([kind, older, newer]) => [kind, commonDefaults(older, newer)] as const)
    .filter(([, defaults]) => defaults !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
