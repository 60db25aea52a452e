import { isTree } from '../values/merge.ts';
import type { Values } from '../values/schema.ts';

/** A rule of the gate that a value breaks on purpose. */
export interface Exception {
  readonly rule: string;
  /** The value, and what it does if it weakens the installation. */
  readonly path: string;
  readonly effect?: string;
}

const resourcesOf = ({ administrator, backup, migrations, portKeeper, purge, resources }: Values) =>
  Object.entries({
    resources,
    'portKeeper.resources': portKeeper.resources,
    'migrations.resources': migrations.resources,
    'purge.resources': purge.resources,
    'administrator.resources': administrator.resources,
    'backup.resources': backup.resources,
  });

function* ofResources(values: Values): Iterable<Exception> {
  for (const [path, { limits, requests }] of resourcesOf(values)) {
    if (limits.cpu === undefined) yield { rule: 'cpu-limit', path: `${path}.limits.cpu` };
    const effect = 'without a limit, a container can fill the disk of its node';
    if (limits.ephemeralStorage === undefined)
      yield { rule: 'ephemeral-storage', path: `${path}.limits.ephemeralStorage`, effect };
    if (requests.ephemeralStorage === undefined)
      yield { rule: 'ephemeral-storage', path: `${path}.requests.ephemeralStorage` };
  }
}

function* ofVariables(values: Values): Iterable<Exception> {
  for (const [prefix, { envFrom, extraEnv }] of [['', values] as const, ['jobs.', values.jobs] as const]) {
    const effect = 'synth cannot check variables that it cannot see';
    if (envFrom.length > 0) yield { rule: 'named-env', path: `${prefix}envFrom`, effect };
    const isSecret = ({ valueFrom }: Readonly<Record<string, unknown>>): boolean =>
      isTree(valueFrom) && valueFrom.secretKeyRef !== undefined;
    if (extraEnv.some(isSecret)) yield { rule: 'secrets-as-files', path: `${prefix}extraEnv` };
  }
}

function* ofAccounts({ backup, serviceAccount }: Values): Iterable<Exception> {
  const effect = 'the pods get a token of the API server, which the service does not need';
  for (const [path, { automount, create }] of [
    ['serviceAccount', serviceAccount] as const,
    ['backup.serviceAccount', backup.serviceAccount] as const,
  ]) {
    if (automount) yield { rule: 'service-account-token', path: `${path}.automount`, effect };
    if (!create) yield { rule: 'service-account', path: `${path}.create` };
  }
}

function* ofPods({ hostAliases, image, openshift, scheduling, ...values }: Values): Iterable<Exception> {
  const mayBeOld = 'a node may start an older image of the same tag';
  if (image.pullPolicy && image.pullPolicy !== 'Always')
    yield { rule: 'image-pull-policy', path: 'image.pullPolicy', ...(!image.digest && { effect: mayBeOld }) };
  if (openshift) yield { rule: 'run-as-user', path: 'openshift' };
  if (hostAliases.length > 0) yield { rule: 'host-aliases', path: 'hostAliases' };
  if (scheduling.affinity?.podAntiAffinity)
    yield { rule: 'anti-affinity', path: 'scheduling.affinity.podAntiAffinity' };
  const { administrator, backup, migrations, purge } = values;
  for (const [path, { ttlSecondsAfterFinished }] of Object.entries({
    administrator,
    backup,
    migrations,
    purge,
  }))
    if (ttlSecondsAfterFinished === undefined)
      yield { rule: 'job-limits', path: `${path}.ttlSecondsAfterFinished` };
}

/** The rules of the gate that the values of pods and Jobs break on purpose. */
export const podExceptions = (values: Values): Exception[] => [
  ...ofResources(values),
  ...ofVariables(values),
  ...ofAccounts(values),
  ...ofPods(values),
];

/** Keys whose map refers to a ConfigMap by its name. */
const references = ['configMap', 'configMapRef', 'configMapKeyRef'];

function* configMapsIn(value: unknown): Iterable<string> {
  if (Array.isArray(value)) for (const item of value) yield* configMapsIn(item);
  if (!isTree(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (references.includes(key) && isTree(child) && typeof child.name === 'string') yield child.name;
    yield* configMapsIn(child);
  }
}

/** The ConfigMaps that the operator names. They are in the cluster already, so that the gate does not miss them. */
export function existingConfigMaps(values: Values): string[] {
  const { envFrom, extraEnv, extraVolumes, initContainers, jobs, sidecars } = values;
  return [...configMapsIn([envFrom, extraEnv, extraVolumes, initContainers, sidecars, jobs])];
}
