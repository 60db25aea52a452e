/** Shares of the CPU quota that hashing may use: the most, and what it keeps however busy the process is otherwise. */
const maxShare = 0.7;
const minShare = 0.3;
/** The share is multiplied by `decrease` after a stop, and grows by `increase` with each hash without one. */
const decrease = 0.6;
const increase = 0.001;
/** The estimate of the CPU time of a hash grows by this factor with each hash that took longer. */
const growth = 1.02;

/**
 * Paces hashes where the CPU has a quota. The kernel stops all threads of a process that has used up its quota, also the
 * one that answers requests, so a slot rests after each hash. The share of the quota adapts as congestion control does
 * (additive increase, multiplicative decrease): hashing uses what requests leave, and never less than three tenths.
 * @param options.quota CPUs, possibly fractional
 * @param options.threads threads that hash at once
 * @param options.countStops how often the kernel has stopped the process so far
 * @returns a function that returns the milliseconds of rest after some milliseconds of work
 */
export function createHashPacing(options: { quota: number; threads: number; countStops: () => number }) {
  const { quota, threads, countStops } = options;
  let share = maxShare;
  let stops = countStops();
  // A hash that has to wait for a CPU takes longer than its CPU time, so the quickest is the best estimate.
  let cost = Number.POSITIVE_INFINITY;

  return (worked: number): number => {
    const now = countStops();
    share = now > stops ? Math.max(minShare, share * decrease) : Math.min(maxShare, share + increase);
    stops = now;
    cost = Math.min(worked, cost * growth);
    return Math.max(0, (cost * threads) / (quota * share) - worked);
  };
}
