import { podCount } from '../values/formats.ts';
import type { Values } from '../values/schema.ts';

/** The largest number of pods outside of a rollout. undefined if an autoscaler of the operator decides it. */
export const steadyPods = ({ autoscaling, replicas }: Values): number | undefined =>
  autoscaling.enabled ? autoscaling.maxReplicas : replicas;

/** Pods and connections to Postgres while a rollout adds pods. */
export function connectionsOfRollout(values: Values) {
  const steady = steadyPods(values) ?? 1;
  const running = steady + podCount(values.rollout.maxSurge, steady);
  return { running, connections: running * values.database.poolMax };
}

/**
 * Adds the pods that have stopped and still drain. A Deployment does not count them: it starts the next pods as soon as it
 * has told old ones to stop. A draining pod keeps its connections until it exits, for at most the grace period.
 */
export function connectionsWithDraining(values: Values) {
  const { gracePeriodSeconds, maxSurge, minReadySeconds } = values.rollout;
  const steady = steadyPods(values) ?? 1;
  const { running } = connectionsOfRollout(values);
  // The shortest time between two steps of a rollout: pods start in seconds and must then be ready for minReadySeconds.
  const stepSeconds = Math.max(minReadySeconds, 1);
  const steps = Math.ceil(gracePeriodSeconds / stepSeconds);
  const draining = Math.min(steady, steps * Math.max(podCount(maxSurge, steady), 1));
  // Each pod that drains has been replaced, so that in the end as many run as without a rollout.
  const most = Math.min(running + draining, 2 * steady);
  return { running, draining: most - running, connections: most * values.database.poolMax };
}
