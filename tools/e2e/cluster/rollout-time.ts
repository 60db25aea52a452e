import type { IDeployment } from 'kubernetes-models/apps/v1';

type Strategy = Pick<NonNullable<IDeployment['spec']>, 'minReadySeconds' | 'replicas' | 'strategy'>;

/** Kubernetes rounds the percentage of `maxSurge` up and that of `maxUnavailable` down. */
function podCount(value: number | string, replicas: number, round: (count: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) * replicas) / 100);
}

/**
 * How long a rollout takes where pods that start do not take the CPU from each other: waves of as many pods as the strategy
 * replaces at once, each as long as a start and `minReadySeconds`. Pods that drain delay only its end.
 * @returns seconds
 */
export function computedRollout(
  { minReadySeconds = 0, replicas = 1, strategy }: Strategy,
  { drain, start }: { readonly drain: number; readonly start: number },
): number {
  const { maxSurge = 0, maxUnavailable = 0 } = strategy?.rollingUpdate ?? {};
  const atOnce = podCount(maxSurge, replicas, Math.ceil) + podCount(maxUnavailable, replicas, Math.floor);
  return Math.ceil(replicas / Math.max(atOnce, 1)) * (start + minReadySeconds) + drain;
}
