import { accountsOf, keeperPort, ports, serviceContainers } from '../names.ts';
import { seconds } from '../values/formats.ts';
import type { Values } from '../values/schema.ts';

type Form = Readonly<Record<string, unknown>>;

const containersOf = ({ initContainers, jobs, sidecars }: Values): Record<string, readonly Form[]> => ({
  initContainers,
  sidecars,
  'jobs.initContainers': jobs.initContainers,
});

function* checkPorts(path: string, { ports: declared }: Form): Iterable<string> {
  if (!Array.isArray(declared)) return;
  for (const [index, port] of declared.entries()) {
    const [name] =
      Object.entries({ ...ports, keeper: keeperPort }).find(([, number]) => number === port?.containerPort) ??
      [];
    if (name)
      yield `${path}.ports[${index}].containerPort: must not be ${port.containerPort}, the port ${name} of the API: all containers of a pod share one address`;
  }
}

/** Containers of the operator have names and ports of their own, and run on the version that the values name. */
export function* checkContainers(values: Values): Iterable<string> {
  const all = Object.entries(containersOf(values)).flatMap(([path, list]) =>
    list.map((container, index) => ({
      path: `${path}[${index}]`,
      isOfJobs: path.startsWith('jobs.'),
      container,
    })),
  );
  for (const [index, { container, isOfJobs, path }] of all.entries()) {
    const { name, restartPolicy } = container;
    if (typeof name === 'string' && serviceContainers.includes(name))
      yield `${path}.name: ${name} is a container of the charts: choose another name`;
    const first = all.findIndex((other) => other.isOfJobs === isOfJobs && other.container.name === name);
    if (first < index) yield `${path}.name: ${String(name)} is also the name of ${all[first]?.path}`;
    if (restartPolicy !== undefined && path.startsWith('sidecars'))
      yield `${path}.restartPolicy: must be removed, or the container must move to initContainers: only there it makes a native sidecar`;
    else if (restartPolicy !== undefined && values.kubernetesVersion === '1.28')
      yield `${path}.restartPolicy: makes a native sidecar, which needs Kubernetes 1.29: set kubernetesVersion to newest, or use sidecars`;
    yield* checkPorts(path, container);
  }
  yield* checkHook(values);
}

/** The time of a hook before the process stops is a part of the grace period, after which the kubelet kills the process. */
function* checkHook({ lifecycle, rollout }: Values): Iterable<string> {
  // reason: the check of forms has not run yet, and any other shape has no seconds.
  const { preStop } = lifecycle as { preStop?: { sleep?: { seconds?: unknown } } };
  const sleep = Number(preStop?.sleep?.seconds ?? 0);
  const needed = sleep + seconds(rollout.drainDelay) + seconds(rollout.shutdownTimeout) + 5;
  if (sleep > 0 && rollout.gracePeriodSeconds < needed)
    yield `rollout.gracePeriodSeconds: must be at least ${needed}: lifecycle.preStop.sleep.seconds + rollout.drainDelay + rollout.shutdownTimeout + 5 s to close connections`;
}

/** Without the DNS of the cluster, pods need another one. */
export function* checkDns({ dnsConfig, dnsPolicy }: Values): Iterable<string> {
  const { nameservers } = dnsConfig ?? {};
  if (dnsPolicy === 'None' && !(Array.isArray(nameservers) && nameservers.length > 0))
    yield 'dnsConfig.nameservers: must name a server, because dnsPolicy is None';
}

/** Pods have an identity of their own, which nobody else's permissions extend. */
export function* checkServiceAccounts(values: Values): Iterable<string> {
  const names = accountsOf(values);
  const { backup, secrets, serviceAccount } = values;
  const accounts = [
    ['serviceAccount', serviceAccount, names.app],
    ['backup.serviceAccount', backup.serviceAccount, names.backup],
    ['secrets.external.serviceAccount', secrets.external.serviceAccount, names.secretsReader],
  ] as const;
  for (const [index, [path, { create, name }, effective]] of accounts.entries()) {
    if (!create && name === undefined)
      yield `${path}.name: must name a ServiceAccount that exists, because ${path}.create is false`;
    if (name === 'default')
      yield `${path}.name: must not be default, which every pod of the namespace has that names no other`;
    const [other] = accounts.slice(0, index).find(([, , earlier]) => earlier === effective) ?? [];
    if (other)
      yield `${path}.name: must not be ${effective}, the name of ${other}: each has rights that the other must not have`;
  }
}
