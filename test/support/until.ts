import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds; shorter than the time limit of a test, so that it is this which fails, by name, and the run ends. */
const defaultPatience = 15_000;

/** Waits for what happens elsewhere. Rejects when it has not happened in `patience` milliseconds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  patience = defaultPatience,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${patience} ms: ${holds}`);
    await sleep(5);
  }
}
