import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isTree } from '../values/merge.ts';

/**
 * The fields of Kubernetes 1.28, read from the serializers that cdk8s-plus-28 was generated with. Each one lists
 * every field of its type: `'ports': obj.ports?.map(y => toJson_ServicePort(y)),`.
 */
function createFields() {
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

type Fields = ReturnType<typeof createFields>;

function* walk(fields: Fields, type: string, value: unknown, path: string): Iterable<string> {
  const own = fields.fieldsOf(type);
  if (!own || !isTree(value)) return;
  for (const [key, child] of Object.entries(value)) {
    const code = own.get(key);
    const at = `${path}.${key}`;
    if (code === undefined) {
      yield at;
      continue;
    }
    const [, next] = /toJson_(\w+)\(/.exec(code) ?? [];
    if (!next) continue;
    const isMap = code.includes('Object.entries');
    const children = Array.isArray(child) || (isMap && isTree(child)) ? Object.entries(child) : [];
    if (children.length === 0) yield* walk(fields, next, child, at);
    for (const [index, item] of children)
      yield* walk(fields, next, item, isMap ? `${at}.${index}` : `${at}[${index}]`);
  }
}

let fields: Fields | undefined;

/** Paths in a core object that an API server of 1.28 would drop or refuse; undefined if it does not know the kind. */
export function unknownIn128(object: { apiVersion: string; kind: string }): string[] | undefined {
  fields ??= createFields();
  const type = fields.typeOf(object.apiVersion, object.kind);
  if (!type) return undefined;
  const { apiVersion: _version, kind: _kind, ...rest } = object;
  return [...walk(fields, type, rest, '')].map((path) => path.slice(1));
}
