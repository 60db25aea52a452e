import { readFileSync } from 'node:fs';
import type { Manifest, ManifestFile } from '../manifest.ts';
import { isTree, sortedByKey, type Tree } from '../values/merge.ts';

/** The part of a CRD's schema that gives fields a default. */
export interface Defaults {
  readonly default?: unknown;
  /** The default of a field that the oldest supported version of the CRD does not have. */
  readonly newest?: unknown;
  readonly properties?: Readonly<Record<string, Defaults>>;
  readonly items?: Defaults;
  /** Of each value of a map with any keys. */
  readonly values?: Defaults;
}

/** Whether the CRDs of the cluster may be the oldest that the charts support. */
type CrdVersion = 'oldest' | 'newest';

/** A line for each kind: `["apiVersion kind", Defaults]`. tools/crd-defaults/main.ts writes the file from the CRDs. */
const location = new URL('crd-defaults.jsonl', import.meta.url);

function readKinds(): Map<string, Defaults> {
  const lines = readFileSync(location, 'utf8').trimEnd().split('\n');
  // reason: the tool that writes the file writes this form.
  return new Map(lines.map((line) => JSON.parse(line) as [string, Defaults]));
}

let kinds: ReadonlyMap<string, Defaults> | undefined;

/** The value with every default that the API server would add, as it adds them (structural defaulting). */
export function withDefaults(value: unknown, defaults: Defaults, isNewest = false): unknown {
  const { items, properties = {}, values } = defaults;
  if (Array.isArray(value)) return items ? value.map((item) => withDefaults(item, items, isNewest)) : value;
  if (!isTree(value)) return value;
  const filled: Tree = { ...value };
  for (const [key, field] of Object.entries(properties)) {
    const added = field.default ?? (isNewest ? field.newest : undefined);
    if (added !== undefined && (filled[key] ?? null) === null) filled[key] = structuredClone(added);
  }
  for (const [key, child] of Object.entries(filled)) {
    const field = properties[key] ?? values;
    if (field) filled[key] = withDefaults(child, field, isNewest);
  }
  return sortedByKey(filled);
}

function defaultsOf({ apiVersion, kind }: Manifest): Defaults | undefined {
  kinds ??= readKinds();
  return kinds.get(`${apiVersion} ${kind}`);
}

/** Whether the CRD of the object gives the field a default: `spec.listeners[0].allowedRoutes`. */
export function hasCrdDefault(object: Manifest, path: string): boolean {
  let at = defaultsOf(object);
  for (const step of path.split(/\.|(?=\[)/)) {
    const inMap = at?.properties?.[step] ?? at?.values;
    at = step.startsWith('[') ? at?.items : inMap;
  }
  return at?.default !== undefined || at?.newest !== undefined;
}

function defaulted(object: Manifest, isNewest: boolean): Manifest {
  const defaults = defaultsOf(object);
  // reason: defaults add fields, and change none.
  return defaults ? (withDefaults(object, defaults, isNewest) as unknown as Manifest) : object;
}

/**
 * Writes the defaults of CRDs into their objects. The API server would add them, and Argo CD, which does not know the CRDs,
 * would report an object that differs from the one in git as OutOfSync for ever. An API server refuses a field that its CRD
 * does not have, so `oldest` leaves out the defaults of newer fields.
 */
export function withCrdDefaults(files: readonly ManifestFile[], version: CrdVersion): ManifestFile[] {
  const isNewest = version === 'newest';
  return files.map(({ name, objects }) => ({
    name,
    objects: objects.map((object) => defaulted(object, isNewest)),
  }));
}
