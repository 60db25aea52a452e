import { ruleIds } from '../gate/gate.ts';
import { podCount, seconds } from '../values/formats.ts';
import type { Values } from '../values/schema.ts';
import { connectionsOfRollout } from './connections.ts';

function* checkAutoscaling({ autoscaling }: Values): Iterable<string> {
  const { cpuUtilization, extraMetrics, hashWait, keda, kind, maxReplicas, memoryUtilization, minReplicas } =
    autoscaling;
  if (!autoscaling.enabled) return;
  if (minReplicas > maxReplicas)
    yield `autoscaling.minReplicas: must not be above autoscaling.maxReplicas, which is ${maxReplicas}`;
  const given = kind === 'hpa' ? extraMetrics : keda.triggers;
  const hasMetric = hashWait.enabled || cpuUtilization !== undefined || memoryUtilization !== undefined;
  if (!hasMetric && given.length === 0)
    yield `autoscaling: must have a metric: cpuUtilization, memoryUtilization, hashWait or ${kind === 'hpa' ? 'extraMetrics' : 'keda.triggers'}; without one Kubernetes would scale on CPU at 80 %`;
  if (kind === 'hpa' && keda.triggers.length > 0)
    yield 'autoscaling.keda.triggers: must be empty, because autoscaling.kind is hpa: use autoscaling.extraMetrics';
  if (kind === 'keda' && extraMetrics.length > 0)
    yield 'autoscaling.extraMetrics: must be empty, because autoscaling.kind is keda: use autoscaling.keda.triggers';
  if (kind === 'keda' && hashWait.enabled && !keda.prometheusAddress)
    yield 'autoscaling.keda.prometheusAddress: must be the URL of Prometheus, because autoscaling.hashWait.enabled is true';
}

function* checkDisruptionBudget({ autoscaling, disruptionBudget, replicas }: Values): Iterable<string> {
  const { enabled, maxUnavailable, minAvailable } = disruptionBudget;
  if (!enabled) return;
  if ((minAvailable === undefined) === (maxUnavailable === undefined))
    yield 'disruptionBudget: must set exactly one of minAvailable and maxUnavailable, and the other one to null';
  const least = autoscaling.enabled ? autoscaling.minReplicas : replicas;
  if (minAvailable === '100%')
    yield 'disruptionBudget.minAvailable: must be below 100%; otherwise no node can be drained';
  else if (least !== undefined && minAvailable !== undefined && podCount(minAvailable, least) >= least)
    yield `disruptionBudget.minAvailable: must be below ${least}, the smallest number of pods; otherwise no node can be drained`;
  if (maxUnavailable !== undefined && podCount(maxUnavailable, least ?? 1) === 0)
    yield 'disruptionBudget.maxUnavailable: must allow at least 1 pod; otherwise no node can be drained';
}

const isNone = (amount: number | string): boolean => amount === 0 || amount === '0%';

function* checkRollout({ probes, rollout }: Values): Iterable<string> {
  const { drainDelay, gracePeriodSeconds, maxSurge, maxUnavailable, shutdownTimeout } = rollout;
  const shutdownSeconds = seconds(drainDelay) + seconds(shutdownTimeout) + 5;
  if (gracePeriodSeconds < shutdownSeconds)
    yield `rollout.gracePeriodSeconds: must be at least ${shutdownSeconds}: rollout.drainDelay + rollout.shutdownTimeout + 5 s to close connections`;
  if (isNone(maxSurge) && isNone(maxUnavailable))
    yield 'rollout.maxSurge: must be above 0, because rollout.maxUnavailable is 0: a rollout never removes a pod before its replacement is ready';
  const { failureThreshold, initialDelaySeconds, periodSeconds } = probes.startup;
  const slowest = initialDelaySeconds + periodSeconds * failureThreshold + rollout.minReadySeconds;
  if (rollout.progressDeadlineSeconds <= slowest)
    yield `rollout.progressDeadlineSeconds: must be above ${slowest}, the seconds that probes.startup and rollout.minReadySeconds allow for one pod`;
}

function* checkProbes({ probes, rollout }: Values): Iterable<string> {
  for (const [name, { periodSeconds, timeoutSeconds }] of Object.entries(probes))
    if (timeoutSeconds > periodSeconds)
      yield `probes.${name}.timeoutSeconds: must not be above probes.${name}.periodSeconds, which is ${periodSeconds}`;
  const { failureThreshold, periodSeconds } = probes.readiness;
  const unreadySeconds = failureThreshold * periodSeconds;
  const drainSeconds = seconds(rollout.drainDelay);
  if (drainSeconds > 0 && unreadySeconds > drainSeconds)
    yield `probes.readiness: periodSeconds × failureThreshold must not be above ${drainSeconds}, the seconds of rollout.drainDelay: otherwise a proxy that waits for the probe still sends requests to a pod that has stopped`;
  const { liveness } = probes;
  if (liveness.failureThreshold * liveness.periodSeconds < unreadySeconds)
    yield `probes.liveness: periodSeconds × failureThreshold must be at least ${unreadySeconds}, as in probes.readiness: otherwise a pod is restarted before it gets no more requests`;
}

function* checkConnections(values: Values): Iterable<string> {
  const { database } = values;
  const { connections, running } = connectionsOfRollout(values);
  if (connections > database.maxConnections)
    yield `database.maxConnections: must be at least ${connections}: ${running} pods during a rollout × database.poolMax ${database.poolMax}`;
}

function* checkSpread({ scheduling }: Values): Iterable<string> {
  const { topologySpread = [] } = scheduling;
  for (const [index, { topologyKey }] of topologySpread.entries())
    if (typeof topologyKey !== 'string') yield `scheduling.topologySpread[${index}].topologyKey: is required`;
}

function* checkAllowed({ gate }: Values): Iterable<string> {
  for (const [index, rule] of gate.allow.entries())
    if (!ruleIds.includes(rule)) yield `gate.allow[${index}]: must be one of ${ruleIds.join(', ')}`;
}

/** Contradictions among the values of scaling, rollouts, placement and the gate. */
export const scalingChecks: readonly ((values: Values) => Iterable<string>)[] = [
  checkAutoscaling,
  checkDisruptionBudget,
  checkRollout,
  checkProbes,
  checkConnections,
  checkSpread,
  checkAllowed,
];
