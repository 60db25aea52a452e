/** At most `count` restarts within `window` milliseconds. */
export interface RestartLimit {
  readonly count: number;
  readonly window: number;
}

/** The fourth end of the service within five minutes ends the container, so that the orchestrator slows the restarts down. */
export const restartLimit: RestartLimit = { count: 3, window: 300_000 };

/**
 * @param now milliseconds of a monotonic clock
 * @returns a function that counts a restart, or returns false if the limit does not allow one now
 */
export function createRestartLimiter({ count, window }: RestartLimit, now: () => number) {
  let restarts: readonly number[] = [];
  return (): boolean => {
    restarts = restarts.filter((time) => now() - time < window);
    if (restarts.length >= count) return false;
    restarts = [...restarts, now()];
    return true;
  };
}
