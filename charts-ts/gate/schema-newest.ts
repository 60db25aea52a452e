import { isTree } from '../values/merge.ts';
import { dotted } from './json.ts';

interface ModelClass {
  new (data: object): object;
  prototype: { validate(): void };
}

const corePackage = 'kubernetes-models';
const packages: Record<string, string> = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'external-secrets.io': '@kubernetes-models/external-secrets',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'networking.gke.io': '@kubernetes-models/gke',
  'cloud.google.com': '@kubernetes-models/gke',
};

async function loadModel(apiVersion: string, kind: string): Promise<ModelClass | undefined> {
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  // Names from manifests of strangers become part of an import; only what looks like a name may.
  if (!/^[\w.-]+(\/\w+)?$/.test(apiVersion) || !/^\w+$/.test(kind)) return undefined;
  try {
    const models: Record<string, unknown> = await import(
      `${packages[group] ?? corePackage}/${apiVersion}/${kind}`
    );
    // reason: every module of these packages exports the class of its kind under its name.
    return models[kind] as ModelClass;
  } catch (error) {
    if (error instanceof Error && 'code' in error && /NOT_FOUND|NOT_EXPORTED/.test(String(error.code)))
      return undefined;
    throw error;
  }
}

/** Wraps `value` so that every key that is asked for is noted with its path. */
function watch(value: object, path: string, asked: Set<string>): object {
  return new Proxy(value, {
    get(target, key) {
      const child: unknown = Reflect.get(target, key);
      if (typeof key !== 'string') return child;
      asked.add(`${path}/${key}`);
      return typeof child === 'object' && child !== null ? watch(child, `${path}/${key}`, asked) : child;
    },
  });
}

/** Keys that nobody asked for. Where no key of a map was asked for, the type takes any, as a ConfigMap's `data` does. */
function* neverAsked(value: unknown, path: string, asked: ReadonlySet<string>): Iterable<string> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* neverAsked(item, `${path}/${index}`, asked);
  }
  if (!isTree(value)) return;
  const keys = Object.keys(value);
  const open = path !== '' && !keys.some((key) => asked.has(`${path}/${key}`)) && !openIsClosed(path, asked);
  for (const key of keys) {
    if (!open && !asked.has(`${path}/${key}`)) yield dotted(`${path}/${key}`);
    else yield* neverAsked(value[key], `${path}/${key}`, asked);
  }
}

/** A validator that knows fields of a map asks for them even where they are missing. */
function openIsClosed(path: string, asked: ReadonlySet<string>): boolean {
  for (const one of asked) if (one.startsWith(`${path}/`)) return true;
  return false;
}

function messagesOf(error: unknown): string[] {
  const errors =
    error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  if (errors.length === 0) return [error instanceof Error ? error.message : String(error)];
  return errors.map((one) => `${dotted(String(one.instancePath || one.path || ''))} ${one.message}`);
}

/**
 * What the newest types have against an object: wrong types, missing or unknown fields. undefined for a kind that
 * nobody knows. The validators of kubernetes-models overlook unknown fields; a field that they never ask for is one.
 */
export async function checkNewest(object: {
  apiVersion: string;
  kind: string;
}): Promise<string[] | undefined> {
  const Model = await loadModel(object.apiVersion, object.kind);
  if (!Model) return undefined;
  const asked = new Set<string>();
  const faults: string[] = [];
  try {
    Model.prototype.validate.call(watch(new Model(object), '', asked));
  } catch (error) {
    faults.push(...messagesOf(error));
  }
  const unknown = [...neverAsked(object, '', asked)].map((path) => `${path} is not a known field`);
  return [...new Set([...faults, ...unknown])];
}
