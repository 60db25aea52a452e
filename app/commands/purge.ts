import { type Config, ConfigError } from '../config/config.ts';
import { purge } from '../jobs/purge.ts';
import type { Logger } from '../observe/log.ts';
import { openStores } from '../open-stores.ts';
import { createStore } from '../store/store.ts';

/** Ten years. A mistyped number must not reach Postgres, which would treat a number below 1 as 1. */
const maxKeepMonths = 120;

/**
 * @param options.keepMonths whole months of login history to keep before the current one
 * @throws ConfigError when `keepMonths` is invalid
 */
export async function purgeCommand(
  config: Config,
  log: Logger,
  options: { keepMonths?: number } = {},
): Promise<void> {
  const { keepMonths = 13 } = options;
  if (!Number.isInteger(keepMonths) || keepMonths < 1 || keepMonths > maxKeepMonths) {
    throw new ConfigError([`--keep-months must be a whole number from 1 to ${maxKeepMonths}`]);
  }
  // Redis needs no purge, because its keys expire.
  const stores = await openStores({ ...config, redis: { ...config.redis, url: null } }, log);
  try {
    await purge(createStore(stores.database), log, keepMonths);
  } finally {
    await stores.close();
  }
}
