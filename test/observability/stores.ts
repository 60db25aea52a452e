import { findPostgres, findRedis } from '../support/servers.ts';
import { createScratchDatabase } from '../support/stores.ts';
import type { Cleanup } from '../torture/bench/cleanup.ts';

/**
 * Variables for a service on this machine's servers: a scratch database, dropped at the end, and a database of Redis
 * that nobody else here uses, whose keys expire by themselves. Null where one of the servers is missing.
 */
export async function realStores(cleanup: Cleanup): Promise<Record<string, string> | null> {
  const redisUrl = await findRedis();
  if (!redisUrl || !(await findPostgres())) return null;
  const database = await createScratchDatabase();
  cleanup.add(database.drop);
  return { DB_PRIMARY_DB_URL: database.url(), REDIS_URL: new URL('/9', redisUrl).href };
}
