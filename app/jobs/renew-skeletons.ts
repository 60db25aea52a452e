import { AppError } from '../errors.ts';
import { isRetryable } from '../store/postgres/errors.ts';
import type { SystemStore } from '../store/store.ts';

/** Few enough to finish well within DB_TIMEOUT. */
const batchSize = 500;

/** A registration that takes a skeleton meanwhile is rare, and so is a deadlock with a change of two of the accounts. */
const maxAttempts = 5;

async function renewSome({ users }: Pick<SystemStore, 'users'>, attempt = 1): Promise<number> {
  try {
    return await users.renewSkeletons(batchSize);
  } catch (error) {
    const isOvertaken = error instanceof AppError && error.code === 'username_taken';
    if (attempt === maxAttempts || !(isOvertaken || isRetryable(error))) throw error;
    return renewSome({ users }, attempt + 1);
  }
}

/**
 * Computes what usernames are compared by, for accounts of another release and after a change of the rules (a new version of
 * Unicode). No name changes. @returns the number of accounts
 */
export async function renewSkeletons(store: Pick<SystemStore, 'users'>): Promise<number> {
  for (let total = 0; ; ) {
    const found = await renewSome(store);
    total += found;
    if (found < batchSize) return total;
  }
}
