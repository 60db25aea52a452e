/**
 * Runs a job at once and then every `interval` milliseconds.
 * @param run never rejects
 */
export function startPeriodicJob(run: () => Promise<void>, interval: number) {
  const running = new Set<Promise<void>>();
  let isStopped = false;

  function runNow(): void {
    if (isStopped) return;
    const current = run().finally(() => running.delete(current));
    running.add(current);
  }

  runNow();
  const timer = setInterval(runNow, interval).unref();
  return {
    runNow,
    /** Starts no further run. Resolves when the current ones have ended. */
    async stop(): Promise<void> {
      isStopped = true;
      clearInterval(timer);
      await Promise.all(running);
    },
  };
}
