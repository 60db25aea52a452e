import { join } from 'node:path';
import { type Config, isEncryptedRedis, type Secret } from './config/config.ts';
import type { Logger } from './observe/log.ts';
import { noStoreObserver, type StoreObserver } from './observe/store-observer.ts';
import { lockDataDir } from './store/embedded/data-dir-lock.ts';
import { startEmbeddedPostgres } from './store/embedded/embedded-postgres.ts';
import { createInMemoryRedis } from './store/embedded/in-memory-redis.ts';
import type { Database } from './store/postgres/database.ts';
import { instrumentDatabase } from './store/postgres/instrumented-database.ts';
import { migrate } from './store/postgres/migrations.ts';
import { createDatabase, type DatabaseOptions } from './store/postgres/postgres-database.ts';
import { loadQueries, type Queries } from './store/postgres/queries.ts';
import { createReplicaDatabase } from './store/postgres/replica-database.ts';
import { checkServer } from './store/postgres/server-check.ts';
import { createRedisClient } from './store/redis/ioredis-client.ts';
import type { RedisClient } from './store/redis/redis-client.ts';
import { createStore, type SystemStore } from './store/store.ts';

export interface Stores {
  readonly database: Database;
  /** For reads that tolerate lag. It is the primary without a replica, and while the replica is behind or away. */
  readonly replica: Database;
  readonly redis: RedisClient;
  /** Names of the embedded stores, for the log. */
  readonly embedded: readonly string[];
  /** Closes the stores in reverse order of opening. */
  close(): Promise<void>;
}

interface Opening {
  readonly config: Config;
  readonly log: Logger;
  readonly observer: StoreObserver;
  /** Filled step by step, so that a failed start closes what is already open. */
  readonly closers: (() => Promise<void> | void)[];
}

/**
 * Opens the stores that the configuration names, and embedded ones for the others. The servers need not answer yet.
 * @throws ConfigError when another process uses DATA_DIR, or the configuration forbids the Postgres that answers
 */
export async function openStores(
  config: Config,
  log: Logger,
  observer: StoreObserver = noStoreObserver,
): Promise<Stores> {
  const opening: Opening = { config, log, observer, closers: [] };
  const embedded = [...(config.database.url ? [] : ['Postgres']), ...(config.redis.url ? [] : ['Redis'])];
  async function close(): Promise<void> {
    for (const closeOne of opening.closers.splice(0).reverse()) await closeOne();
  }
  try {
    return { ...(await openDatabases(opening)), redis: await openRedis(opening), embedded, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs `work` on the data in Postgres and closes the stores at its end. */
export async function withStore<T>(
  config: Config,
  log: Logger,
  work: (store: SystemStore) => Promise<T>,
): Promise<T> {
  const stores = await openStores(config, log);
  try {
    return await work(createStore(stores.database));
  } finally {
    await stores.close();
  }
}

async function openDatabases(opening: Opening) {
  const { config, observer } = opening;
  const { url, replicaUrl } = config.database;
  const profiles = await checkServers(opening);
  const queries = loadQueries(undefined, { watch: config.environment === 'development' });
  const primary = openDatabase(opening, queries, 'primary', {
    url: url ?? (await startEmbedded(opening)),
    profile: profiles.primary,
  });
  const database = instrumentDatabase(primary, observer.query, observer.transactionFailed);
  if (!replicaUrl) return { database, replica: database };
  return {
    database,
    replica: openReplica(opening, queries, { primary: database, url: replicaUrl, profile: profiles.replica }),
  };
}

function openReplica(
  opening: Opening,
  queries: Queries,
  { primary, ...source }: { primary: Database } & Pick<DatabaseOptions, 'url' | 'profile'>,
): Database {
  const { config, log, observer, closers } = opening;
  const replica = instrumentDatabase(
    openDatabase(opening, queries, 'replica', source),
    observer.replicaQuery,
  );
  const maxLag = config.database.replicaMaxLag;
  const { database, lagSeconds } = createReplicaDatabase({ primary, replica, maxLag, log });
  closers.push(database.close);
  observer.replicaLag(lagSeconds);
  return database;
}

async function checkServers({ config, log }: Opening) {
  const { url, replicaUrl, timeout } = config.database;
  const check = async (variable: 'DB_PRIMARY_DB_URL' | 'DB_REPLICA_DB_URL', secret: Secret | null) => {
    const acceptsStandby = variable === 'DB_REPLICA_DB_URL';
    return secret
      ? checkServer({ target: { ...config.database, url: secret, acceptsStandby }, variable, log, timeout })
      : undefined;
  };
  const [primary, replica] = await Promise.all([
    check('DB_PRIMARY_DB_URL', url),
    check('DB_REPLICA_DB_URL', replicaUrl),
  ]);
  return { primary, replica };
}

function openDatabase(
  { config, log, observer, closers }: Opening,
  queries: Queries,
  name: 'primary' | 'replica',
  server: Pick<DatabaseOptions, 'url' | 'profile'>,
): Database {
  const database = createDatabase({
    ...server,
    config: config.database,
    queries,
    log,
    acceptsStandby: name === 'replica',
    embedded: name === 'primary' && config.database.url === null,
    onPool: (state) => observer.pool(name, state),
  });
  closers.push(() => database.close());
  return database;
}

/** Starts PGlite in DATA_DIR and applies its migrations, because no deployment does. */
async function startEmbedded({ config, log, closers }: Opening): Promise<Secret> {
  closers.push(await lockDataDir(config.dataDir));
  const dataDir = join(config.dataDir, 'postgres');
  const { url, close } = await startEmbeddedPostgres({ dataDir, maxConnections: 4, log });
  closers.push(close);
  await migrate({ target: { url, sslMode: 'disable', caFile: undefined }, log, embedded: true });
  return url;
}

async function openRedis({ config, log, observer, closers }: Opening): Promise<RedisClient> {
  const { url, keyPrefix, sentinelPassword, ca, caFile, cert, key } = config.redis;
  const isUnverified = config.redis.tls === 'unverified';
  if (url && isUnverified && isEncryptedRedis(url())) {
    const message =
      'the connection to Redis is not safe from a man in the middle, who could read its password: its certificate is not verified (REDIS_TLS)';
    log.warn({ event: 'redis_unverified' }, message);
  }
  const tls = { ca, caFile, cert, key, isUnverified };
  const redis = url
    ? await createRedisClient({ ...{ url, keyPrefix, sentinelPassword, tls }, log, observer })
    : createInMemoryRedis();
  closers.push(() => redis.close());
  return redis;
}
