import { readCrds, schemasOf } from './crds.ts';
import { recordedSchemas } from './recorded.ts';
import { type CrdSource, crdSources } from './sources.ts';
import { commonDefaults, newDefaults } from './table.ts';

/** Only what a user writes has defaults here. */
function withoutStatus<S extends { properties?: object }>(schema: S): S {
  const { metadata: _, status: __, ...properties } = { metadata: 0, status: 0, ...schema.properties };
  return { ...schema, properties };
}

function ofSource(source: CrdSource) {
  const [older, newer] = [source.oldest, source.newest].map((version) =>
    schemasOf(readCrds(source, version)),
  );
  const kinds = [...(newer ?? [])].flatMap(([kind, schema]) => {
    const oldest = older?.get(kind);
    return oldest ? [{ kind, older: withoutStatus(oldest), newer: withoutStatus(schema) }] : [];
  });
  return kinds.map(({ kind, newer, older }) => ({
    kind,
    defaults: commonDefaults(older, newer),
    onlyNewest: [...newDefaults(older, newer)].map((path) => `${kind} ${path.slice(1)}`),
  }));
}

/** The content of charts-ts/delivery/crd-defaults.jsonl. @throws Error without go or its proxy */
export function crdDefaults(): { text: string; onlyNewest: string[] } {
  const recorded = [...recordedSchemas].map(([kind, schema]) => ({
    kind,
    defaults: commonDefaults(schema, schema),
    onlyNewest: [],
  }));
  const all = [...crdSources.flatMap(ofSource), ...recorded].sort((one, other) =>
    one.kind < other.kind ? -1 : 1,
  );
  const lines = all.flatMap(({ defaults, kind }) =>
    defaults ? [`${JSON.stringify([kind, defaults])}\n`] : [],
  );
  return { text: lines.join(''), onlyNewest: all.flatMap(({ onlyNewest }) => onlyNewest) };
}
