import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Manifest } from '../../manifest.ts';
import { isTree } from '../../values/merge.ts';

/**
 * The fields of Kubernetes 1.28, read from the source of the serializers in cdk8s-plus-28. A serializer has one line
 * for each field of its type: `'ports': obj.ports?.map(y => toJson_ServicePort(y)),`.
 */
function createFieldReader() {
  const path = createRequire(import.meta.url).resolve('cdk8s-plus-28/lib/imports/k8s.js');
  const source = readFileSync(path, 'utf8');
  const known = new Map<string, ReadonlyMap<string, string>>();

  function fieldsOf(type: string): ReadonlyMap<string, string> | undefined {
    const cached = known.get(type);
    if (cached) return cached;
    const start = source.indexOf(`function toJson_${type}(obj) {`);
    if (start < 0) return undefined;
    const body = source.slice(start, source.indexOf('\n    };', start));
    const fields = new Map(
      [...body.matchAll(/^ {8}'([^']+)': (.*),$/gm)].map(([, name = '', code = '']) => [name, code]),
    );
    known.set(type, fields);
    return fields;
  }

  function typeOf(apiVersion: string, kind: string): string | undefined {
    const pattern = new RegExp(`Kube(\\w+)\\.GVK = \\{\\s+apiVersion: '${apiVersion}',\\s+kind: '${kind}',`);
    const [, name] = pattern.exec(source) ?? [];
    return name && `Kube${name}Props`;
  }
  return { fieldsOf, typeOf };
}

type FieldReader = ReturnType<typeof createFieldReader>;

function* findUnknown(reader: FieldReader, type: string, value: unknown, path: string): Iterable<string> {
  const fields = reader.fieldsOf(type);
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
    if (children.length === 0) yield* findUnknown(reader, childType, child, childPath);
    for (const [index, item] of children)
      yield* findUnknown(reader, childType, item, isMap ? `${childPath}.${index}` : `${childPath}[${index}]`);
  }
}

let reader: FieldReader | undefined;

/** Paths of fields that an API server of 1.28 does not know; undefined for a kind that it does not know. */
export function unknownFields128(object: Manifest): string[] | undefined {
  reader ??= createFieldReader();
  const type = reader.typeOf(object.apiVersion, object.kind);
  if (!type) return undefined;
  const { apiVersion: _version, kind: _kind, ...rest } = object;
  return [...findUnknown(reader, type, rest, '')].map((path) => path.slice(1));
}
