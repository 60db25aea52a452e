import { type Config, ConfigError } from '../config/config.ts';
import { purge } from '../jobs/purge.ts';
import type { Logger } from '../observe/log.ts';
import { withStore } from '../open-stores.ts';

/** Ten years. A mistyped number must not reach Postgres, which would treat a number below 1 as 1. */
const maxKeepMonths = 120;

/**
 * @param keepMonths whole months of login history to keep before the current one
 * @throws ConfigError when `keepMonths` is invalid
 */
export async function purgeCommand(config: Config, log: Logger, keepMonths: number): Promise<void> {
  if (!Number.isInteger(keepMonths) || keepMonths < 1 || keepMonths > maxKeepMonths) {
    throw new ConfigError([`--keep-months must be a whole number from 1 to ${maxKeepMonths}`]);
  }
  // Redis needs no purge, because its keys expire.
  const withoutRedis = { ...config, redis: { ...config.redis, url: null } };
  await withStore(withoutRedis, log, (store) => purge(store, log, keepMonths));
}
