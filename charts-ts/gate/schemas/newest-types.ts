import { hasCrdDefault } from '../../delivery/crd-defaults.ts';
import { groupOf, isBuiltInGroup, type Manifest } from '../../manifest.ts';
import { isTree } from '../../values/merge.ts';
import { toDottedPath } from '../untyped.ts';

/** A class of kubernetes-models. */
export interface ModelClass {
  new (data: object): object;
  prototype: { validate(): void };
}

const packageOfGroup: Record<string, string> = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'external-secrets.io': '@kubernetes-models/external-secrets',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'networking.gke.io': '@kubernetes-models/gke',
  'cloud.google.com': '@kubernetes-models/gke',
};

/** Versions of which the packages have every kind, so that an unknown kind is a mistake. */
const completeVersions = [
  'monitoring.coreos.com/v1',
  'external-secrets.io/v1',
  'gateway.networking.k8s.io/v1',
];

/** Whether the gate has the types of every kind of the version. Of an older custom resource it may have none. */
export const isComplete = ({ apiVersion }: Manifest): boolean =>
  isBuiltInGroup(groupOf(apiVersion)) || completeVersions.includes(apiVersion);

async function importModel(apiVersion: string, kind: string): Promise<ModelClass | undefined> {
  const group = groupOf(apiVersion);
  // These names become part of an import path, and the manifest may come from elsewhere.
  if (!/^[\w.-]+(\/\w+)?$/.test(apiVersion) || !/^\w+$/.test(kind)) return undefined;
  try {
    const models: Record<string, unknown> = await import(
      `${packageOfGroup[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`
    );
    // reason: every module of these packages exports the class of its kind under its name.
    return models[kind] as ModelClass;
  } catch (error) {
    if (error instanceof Error && 'code' in error && /NOT_FOUND|NOT_EXPORTED/.test(String(error.code)))
      return undefined;
    throw error;
  }
}

/** By version and kind. Node.js resolves the path again for each import, which takes as long as the check of a small object. */
const models = new Map<string, Promise<ModelClass | undefined>>();

function loadModel(apiVersion: string, kind: string): Promise<ModelClass | undefined> {
  const key = `${apiVersion} ${kind}`;
  const model = models.get(key) ?? importModel(apiVersion, kind);
  models.set(key, model);
  return model;
}

interface Reads {
  /** Paths of the keys that were read. */
  readonly keys: Set<string>;
  /** Paths of the objects of which a key was read. */
  readonly objects: Set<string>;
}

/** Wraps `value` so that `reads` collects what is read of it. */
function recordReads(value: object, path: string, reads: Reads): object {
  return new Proxy(value, {
    get(target, key) {
      const child: unknown = Reflect.get(target, key);
      if (typeof key !== 'string') return child;
      reads.keys.add(`${path}/${key}`);
      reads.objects.add(path);
      return typeof child === 'object' && child !== null
        ? recordReads(child, `${path}/${key}`, reads)
        : child;
    },
  });
}

/**
 * Fields that the validator did not read, so that its type does not have them. A map of which the validator read no key
 * at all takes any key, like the `data` of a ConfigMap.
 */
function* unreadFields(value: unknown, path: string, reads: Reads): Iterable<string> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* unreadFields(item, `${path}/${index}`, reads);
  }
  if (!isTree(value)) return;
  // The validator reads the keys that it knows even if they are missing.
  const takesAnyKey = path !== '' && !reads.objects.has(path);
  for (const [key, child] of Object.entries(value)) {
    if (!takesAnyKey && !reads.keys.has(`${path}/${key}`)) yield toDottedPath(`${path}/${key}`);
    else yield* unreadFields(child, `${path}/${key}`, reads);
  }
}

function messagesOf(error: unknown): string[] {
  const errors =
    error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  if (errors.length === 0) return [error instanceof Error ? error.message : String(error)];
  return errors.map(
    ({ instancePath, message, path }) => `${toDottedPath(String(instancePath || path || ''))} ${message}`,
  );
}

/**
 * Messages about wrong, missing or unknown fields. The validators of kubernetes-models accept unknown fields, but do not read
 * them.
 */
export function faultsOfModel(Model: ModelClass, object: object): string[] {
  const reads: Reads = { keys: new Set(), objects: new Set() };
  const faults: string[] = [];
  try {
    Model.prototype.validate.call(recordReads(new Model(object), '', reads));
  } catch (error) {
    faults.push(...messagesOf(error));
  }
  const unknown = [...unreadFields(object, '', reads)].map((path) => `${path} is not a known field`);
  return [...new Set([...faults, ...unknown])];
}

/** Checks an object against the newest types of its kind. Returns undefined for an unknown kind. */
export async function checkNewestTypes(object: Manifest): Promise<string[] | undefined> {
  const Model = await loadModel(object.apiVersion, object.kind);
  // Some packages are older than the CRDs whose defaults the charts write.
  const isNewer = (fault: string) => hasCrdDefault(object, fault.replace(/ is not a known field$/, ''));
  return Model && faultsOfModel(Model, object).filter((fault) => !isNewer(fault));
}
