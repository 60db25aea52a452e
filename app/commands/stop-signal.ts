/**
 * Resolves with the first SIGTERM or SIGINT. Call it before anything that takes time: process 1 of a container ignores
 * a signal for which it has no handler, so Kubernetes would wait for the whole grace period and then kill it.
 */
export function nextStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    // `on`, not `once`: without a listener a repeated signal would kill the process in the middle of its shutdown.
    process.on('SIGTERM', resolve);
    process.on('SIGINT', resolve);
  });
}
