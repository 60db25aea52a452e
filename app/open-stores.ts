import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config, Secret } from './config/config.ts';
import { type StoreObserver, unobserved } from './observe/store-observer.ts';
import { lockDataDir } from './store/embedded/data-dir-lock.ts';
import { startEmbeddedPostgres } from './store/embedded/embedded-postgres.ts';
import { createInMemoryRedis } from './store/embedded/in-memory-redis.ts';
import type { Database } from './store/postgres/database.ts';
import { instrumentDatabase } from './store/postgres/instrumented-database.ts';
import { migrate } from './store/postgres/migrations.ts';
import { createDatabase } from './store/postgres/postgres-database.ts';
import { loadQueries } from './store/postgres/queries.ts';
import { createRedisClient } from './store/redis/ioredis-client.ts';
import type { RedisClient } from './store/redis/redis-client.ts';

export interface Stores {
  readonly database: Database;
  /** For reads that tolerate lag; the primary when there is no replica. */
  readonly replica: Database;
  readonly redis: RedisClient;
  /** Names of the embedded parts, for the log. */
  readonly embedded: readonly string[];
  /** In reverse order of opening. */
  close(): Promise<void>;
}

type Closers = (() => Promise<void> | void)[];

async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** Starts PGlite in DATA_DIR under its lock and brings its schema up to date, for nobody else would. */
async function startEmbedded(config: Config, log: Logger, closers: Closers): Promise<Secret> {
  closers.push(lockDataDir(config.dataDir));
  const dataDir = join(config.dataDir, 'postgres');
  const { url, close } = await startEmbeddedPostgres({ dataDir, maxConnections: 4, log });
  closers.push(close);
  await migrate({ target: { url, sslMode: 'disable', caFile: undefined }, log });
  return url;
}

async function open(
  config: Config,
  log: Logger,
  observer: StoreObserver,
  closers: Closers,
): Promise<Omit<Stores, 'close'>> {
  const queries = loadQueries(undefined, { watch: config.environment === 'development' });
  const embedded = config.database.url === null;
  const url = config.database.url ?? (await startEmbedded(config, log, closers));
  const connectTo = (name: 'primary' | 'replica', target: Secret, isEmbedded: boolean): Database => {
    const opened = createDatabase({
      url: target,
      config: config.database,
      queries,
      log,
      embedded: isEmbedded,
      onPool: (state) => observer.pool(name, state),
    });
    closers.push(() => opened.close());
    if (name === 'replica') return instrumentDatabase(opened, observer.replicaQuery);
    return instrumentDatabase(opened, observer.query, observer.transactionFailed);
  };
  const database = connectTo('primary', url, embedded);
  const { replicaUrl } = config.database;
  const replica = replicaUrl ? connectTo('replica', replicaUrl, false) : database;
  const redisUrl = config.redis.url;
  const redis = redisUrl ? await createRedisClient({ url: redisUrl, log, observer }) : createInMemoryRedis();
  closers.push(() => redis.close());
  const names = [...(embedded ? ['Postgres'] : []), ...(redisUrl ? [] : ['Redis'])];
  return { database, replica, redis, embedded: names };
}

/**
 * Opens what the configuration names, and embedded parts for the rest. Servers need not answer yet.
 * @throws ConfigError when another process uses DATA_DIR
 */
export async function openStores(
  config: Config,
  log: Logger,
  observer: StoreObserver = unobserved,
): Promise<Stores> {
  const closers: Closers = [];
  try {
    return { ...(await open(config, log, observer, closers)), close: () => closeAll(closers) };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}
