import { createCloud } from '../clouds/create-cloud.ts';
import { settings } from '../kubernetes/settings.ts';
import type { Fault } from '../values/fault.ts';
import { bytes, millicpu, podCount, seconds } from '../values/formats.ts';
import { loadValues, ValuesError, type ValuesSource } from '../values/load-values.ts';
import type { CloudName, Values } from '../values/schema.ts';

type Check = (values: Values) => Iterable<Fault>;

/** Most pods that run at once: every replica and, during a rollout, the surge. */
function mostPods(values: Values): number {
  const replicas = values.autoscaling.enabled ? values.autoscaling.maxReplicas : values.replicas;
  return replicas + podCount(values.rollout.maxSurge, replicas);
}

function* checkScale({ autoscaling, disruptionBudget, replicas }: Values): Iterable<Fault> {
  const least = autoscaling.enabled ? autoscaling.minReplicas : replicas;
  if (autoscaling.enabled && autoscaling.minReplicas > autoscaling.maxReplicas) {
    yield { path: 'autoscaling.minReplicas', message: 'must not be above autoscaling.maxReplicas' };
  }
  const { minAvailable, maxUnavailable } = disruptionBudget;
  if ((minAvailable === undefined) === (maxUnavailable === undefined)) {
    yield { path: 'disruptionBudget', message: 'needs exactly one of minAvailable and maxUnavailable' };
  }
  if (minAvailable !== undefined && podCount(minAvailable, least) >= least) {
    yield {
      path: 'disruptionBudget.minAvailable',
      message: `must be below ${least} pods, or no node can be drained`,
    };
  }
  if (maxUnavailable !== undefined && podCount(maxUnavailable, least) === 0) {
    yield {
      path: 'disruptionBudget.maxUnavailable',
      message: 'must allow one pod, or no node can be drained',
    };
  }
}

function* checkRollout(values: Values): Iterable<Fault> {
  const { rollout } = values;
  const drain = seconds(rollout.drainDelay);
  const needed = drain + seconds(rollout.shutdownTimeout) + 5;
  if (rollout.gracePeriodSeconds < needed) {
    yield {
      path: 'rollout.gracePeriodSeconds',
      message: `must be at least ${needed}: drainDelay + shutdownTimeout + 5 s to close`,
    };
  }
  if (rollout.maxSurge === 0 || rollout.maxSurge === '0%') {
    yield { path: 'rollout.maxSurge', message: 'must be above 0, since maxUnavailable is 0' };
  }
  const { loadBalancer } = createCloud(values);
  if (values.ingress.kind !== 'none' && drain <= loadBalancer.noticeSeconds) {
    yield {
      path: 'rollout.drainDelay',
      message: `must be above ${loadBalancer.noticeSeconds}s, which the load balancer takes to let go of a pod`,
    };
  }
  if (values.ingress.kind !== 'none' && seconds(rollout.keepAliveTimeout) <= loadBalancer.idleSeconds) {
    yield {
      path: 'rollout.keepAliveTimeout',
      message: `must be above the load balancer's idle timeout of ${loadBalancer.idleSeconds}s`,
    };
  }
}

function* checkDatabase(values: Values): Iterable<Fault> {
  const needed = mostPods(values) * values.database.poolMax;
  if (needed > values.database.maxConnections) {
    yield {
      path: 'database.maxConnections',
      message: `must be at least ${needed}: (maxReplicas + maxSurge) × poolMax`,
    };
  }
}

function* checkResources(values: Values): Iterable<Fault> {
  const workloads = {
    resources: values.resources,
    'migrations.resources': values.migrations.resources,
    'purge.resources': values.purge.resources,
  };
  for (const [path, { requests, limits }] of Object.entries(workloads)) {
    const amounts = {
      cpu: millicpu(limits.cpu) - millicpu(requests.cpu),
      memory: bytes(limits.memory) - bytes(requests.memory),
      ephemeralStorage: bytes(limits.ephemeralStorage) - bytes(requests.ephemeralStorage),
    };
    for (const [name, room] of Object.entries(amounts)) {
      if (room < 0) yield { path: `${path}.limits.${name}`, message: 'must not be below the request' };
    }
  }
}

function* checkKubernetes({ kubernetesVersion, service }: Values): Iterable<Fault> {
  if (service.trafficDistribution && kubernetesVersion === '1.28') {
    yield {
      path: 'service.trafficDistribution',
      message: 'is dropped by Kubernetes 1.28; set kubernetesVersion to newest',
    };
  }
}

function* checkNetwork({ networkPolicy }: Values): Iterable<Fault> {
  if (networkPolicy.otlp.enabled && networkPolicy.otlp.peers.length === 0) {
    yield { path: 'networkPolicy.otlp.peers', message: 'must name at least one peer' };
  }
}

function* checkJwt({ jwt }: Values): Iterable<Fault> {
  if (jwt.previousSecret && jwt.algorithm !== 'HS256') {
    yield { path: 'jwt.previousSecret', message: 'is for jwt.algorithm HS256; key pairs use jwt.publicKeys' };
  }
}

function* checkExtraConfig(values: Values): Iterable<Fault> {
  const taken = settings({ ...values, extraConfig: {} });
  for (const name of Object.keys(values.extraConfig)) {
    if (name in taken)
      yield { path: `extraConfig.${name}`, message: 'is set by the charts from another value' };
  }
}

function checkCloud(values: Values): Iterable<Fault> {
  return createCloud(values).faults();
}

const checks: readonly Check[] = [
  checkScale,
  checkRollout,
  checkDatabase,
  checkResources,
  checkKubernetes,
  checkNetwork,
  checkJwt,
  checkExtraConfig,
  checkCloud,
];

/** Faults that the schema cannot find: values that contradict each other or the cloud. */
export function checkValues(values: Values): Fault[] {
  if (!values[values.cloud]) return [{ path: values.cloud, message: 'is required: the block of this cloud' }];
  return checks.flatMap((check) => [...check(values)]);
}

/**
 * Loads the values of one cloud and checks them against the schema, against each other and against the cloud.
 * @throws ValuesError naming every fault
 */
export function loadCheckedValues(cloud: CloudName, source: ValuesSource): Values {
  const values = loadValues(cloud, source);
  const faults = checkValues(values);
  if (faults.length > 0) throw new ValuesError(faults);
  return values;
}
