import { setTimeout as sleep } from 'node:timers/promises';

// The real clock: a test may control the one that it finds in `performance`.
const now = performance.now.bind(performance);

/** Milliseconds. Shorter than the timeout of a test, so that the failure names the condition. */
const defaultTimeout = 15_000;

/** Waits until the condition is true. Rejects after `timeout` milliseconds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeout = defaultTimeout,
): Promise<void> {
  const deadline = now() + timeout;
  while (!(await condition())) {
    if (now() > deadline) throw new Error(`not within ${timeout} ms: ${condition}`);
    await sleep(5);
  }
}
