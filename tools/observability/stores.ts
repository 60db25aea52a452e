import { toolPath } from '../../test/support/debian-tool.ts';
import { findPostgres } from '../../test/support/servers.ts';
import { createScratchDatabase } from '../../test/support/stores.ts';
import type { Cleanup } from '../torture/harness/cleanup.ts';
import { startRedis } from '../torture/harness/redis-server.ts';

/** Whether this machine has the programs that `realStores` needs. */
export async function hasRealStores(): Promise<boolean> {
  return toolPath('redis-server') !== undefined && (await findPostgres()) !== null;
}

/** Starts a Redis and creates a database, both removed at the end, and returns the variables that name them. */
export async function realStores(folder: string, cleanup: Cleanup): Promise<Record<string, string>> {
  const redis = await startRedis(folder, cleanup);
  const database = await createScratchDatabase();
  cleanup.add(database.drop);
  return { DB_PRIMARY_DB_URL: database.url(), REDIS_URL: redis.url };
}
