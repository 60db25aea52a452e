import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';

/** Milliseconds between two attempts to take the lock. */
const pollInterval = 200;

/**
 * Takes a session-level advisory lock. It polls: a blocking request would keep a snapshot open, and `create index
 * concurrently` under the lock waits for that snapshot, so both would wait for ever.
 * @param timeout milliseconds. @returns false when another session kept the lock for so long
 */
export async function acquireAdvisoryLock(
  connection: Connection,
  key: number,
  timeout: number,
): Promise<boolean> {
  for (const startedAt = Date.now(); ; await sleep(pollInterval)) {
    const [row] = await connection.unsafe<{ locked: boolean }[]>(
      `select pg_try_advisory_lock(${key}) as locked`,
    );
    if (row?.locked) return true;
    if (Date.now() - startedAt >= timeout) return false;
  }
}
