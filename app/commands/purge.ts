import type { Logger } from 'pino';
import { type Config, ConfigError } from '../config/config.ts';
import { openStores } from '../open-stores.ts';
import { createStore, type Store } from '../store/store.ts';

/** Sessions removed by one statement: few enough to end well within DB_TIMEOUT. */
const batchSize = 1_000;
const monthsAhead = 12;

async function purgeSessions(store: Store): Promise<number> {
  for (let total = 0; ; ) {
    const deleted = await store.sessions.deleteExpired(batchSize);
    total += deleted;
    if (deleted < batchSize) return total;
  }
}

/** Removes what is past its time, makes the partitions to come, and records that it ran. Two at once do no harm. */
export async function purge(store: Store, log: Logger, keepMonths: number): Promise<void> {
  const droppedPartitions = await store.loginHistories.dropPartitions(keepMonths);
  const createdPartitions = await store.loginHistories.createPartitions(monthsAhead);
  const deletedSessions = await purgeSessions(store);
  const deletedResets = await store.passwordResets.deleteExpired();
  await store.maintenance.record('purge');
  log.info({ droppedPartitions, createdPartitions, deletedSessions, deletedResets }, 'purged');
}

/** Ten years; a mistyped number must not reach Postgres, and one below 1 not be taken for 1. */
const maxKeepMonths = 120;

function checkKeepMonths(months: number): void {
  if (Number.isInteger(months) && months >= 1 && months <= maxKeepMonths) return;
  throw new ConfigError([`--keep-months must be a whole number from 1 to ${maxKeepMonths}`]);
}

/**
 * @param options.keepMonths whole months of login history kept before this one
 * @throws ConfigError when that is no number of months
 */
export async function purgeCommand(
  config: Config,
  log: Logger,
  options: { keepMonths?: number } = {},
): Promise<void> {
  const { keepMonths = 13 } = options;
  checkKeepMonths(keepMonths);
  // Redis has nothing to purge: its keys expire by themselves.
  const stores = await openStores({ ...config, redis: { ...config.redis, url: null } }, log);
  try {
    await purge(createStore(stores.database), log, keepMonths);
  } finally {
    await stores.close();
  }
}
