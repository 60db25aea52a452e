import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Manifest } from '../../manifest.ts';
import { isTree } from '../../values/merge.ts';

/** For each type, the code that serializes each of its fields. */
type Serializers = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * The fields of Kubernetes 1.28, read from the source of the serializers in cdk8s-plus-28. A serializer has one line
 * for each field of its type: `'ports': obj.ports?.map(y => toJson_ServicePort(y)),`.
 */
function readLibrary() {
  const path = createRequire(import.meta.url).resolve('cdk8s-plus-28/lib/imports/k8s.js');
  const source = readFileSync(path, 'utf8');
  const serializers = new Map<string, ReadonlyMap<string, string>>();
  for (const [, type = '', body = ''] of source.matchAll(/^function toJson_(\w+)(.*?)^ {4}\};/gms)) {
    const lines = [...body.matchAll(/^ {8}'([^']+)': (.*),$/gm)];
    serializers.set(type, new Map(lines.map(([, name = '', code = '']) => [name, code])));
  }
  const names = new Map<string, string>();
  const kinds = /Kube(\w+)\.GVK = \{\s+apiVersion: '([^']+)',\s+kind: '([^']+)',/g;
  for (const [, name = '', apiVersion, kind] of source.matchAll(kinds))
    names.set(`${apiVersion} ${kind}`, name);
  return { names, serializers };
}

function* findUnknown(all: Serializers, type: string, value: unknown, path: string): Iterable<string> {
  const fields = all.get(type);
  if (!fields || !isTree(value)) return;
  for (const [key, child] of Object.entries(value)) {
    const code = fields.get(key);
    const childPath = `${path}.${key}`;
    if (code === undefined) {
      yield childPath;
      continue;
    }
    const [, childType] = /toJson_(\w+)\(/.exec(code) ?? [];
    if (!childType) continue;
    const isMap = code.includes('Object.entries');
    const children = Array.isArray(child) || (isMap && isTree(child)) ? Object.entries(child) : [];
    if (children.length === 0) yield* findUnknown(all, childType, child, childPath);
    for (const [index, item] of children)
      yield* findUnknown(all, childType, item, isMap ? `${childPath}.${index}` : `${childPath}[${index}]`);
  }
}

let library: ReturnType<typeof readLibrary> | undefined;

/** Paths of fields that an API server of 1.28 does not know; undefined for a kind that it does not know. */
export function unknownFields128({ apiVersion, kind, ...rest }: Manifest): string[] | undefined {
  library ??= readLibrary();
  const name = library.names.get(`${apiVersion} ${kind}`);
  if (!name) return undefined;
  return [...findUnknown(library.serializers, `Kube${name}Props`, rest, '')].map((path) => path.slice(1));
}
