/** The fields of a Deployment that decide how a rollout proceeds, and what its pods take. Times are in seconds. */
export interface RolloutPlan {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly minReadySeconds: number;
  /** From the creation of a pod until it is ready. */
  readonly startSeconds: number;
  /** From the deletion of a pod until its process has exited. */
  readonly drainSeconds: number;
}

/**
 * Plays a rollout second by second as the Deployment controller does it: it adds pods up to replicas + maxSurge, and removes
 * old ones as far as replicas - maxUnavailable remain available. It does not count pods that are terminating.
 */
export function simulateRollout(plan: RolloutPlan) {
  const { drainSeconds, maxSurge, maxUnavailable, minReadySeconds, replicas, startSeconds } = plan;
  const created: number[] = [];
  const exits: number[] = [];
  let [old, second, most] = [replicas, 0, replicas];
  const available = () => created.filter((at) => second - at >= startSeconds + minReadySeconds).length;
  while (old > 0 || available() < replicas) {
    const removable = Math.max(0, old + available() - (replicas - maxUnavailable));
    const removed = Math.min(old, removable);
    old -= removed;
    exits.push(...Array.from({ length: removed }, () => second + drainSeconds));
    const added = Math.min(replicas + maxSurge - created.length - old, replicas - created.length);
    created.push(...Array.from({ length: Math.max(0, added) }, () => second));
    most = Math.max(most, created.length + old + exits.filter((at) => at > second).length);
    second += 1;
    if (second > 100_000) throw new Error('the rollout does not end');
  }
  /** The seconds until every new pod is available, and the largest number of processes at one time. */
  return { seconds: second, most };
}
