import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what happens elsewhere; a test whose condition never holds ends by its own time limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5);
}
