import { randomBytes } from 'node:crypto';
import { type Config, parseConfig, type Secret } from '../../app/config/config.ts';
import { createLog } from '../../app/observe/log.ts';
import type { Stores } from '../../app/open-stores.ts';
import { startEmbeddedPostgres } from '../../app/store/embedded/embedded-postgres.ts';
import { createInMemoryRedis } from '../../app/store/embedded/in-memory-redis.ts';
import { migrate } from '../../app/store/postgres/migrations.ts';
import { createDatabase } from '../../app/store/postgres/postgres-database.ts';
import { loadQueries } from '../../app/store/postgres/queries.ts';
import { createRedisClient } from '../../app/store/redis/ioredis-client.ts';
import type { RedisClient } from '../../app/store/redis/redis-client.ts';
import { emptyCluster } from './empty-cluster.ts';
import { parseLine } from './log-lines.ts';
import { dropAtEnd, openedStores, type StoreKind } from './opened-stores.ts';
import { openRedisKeys } from './redis-keys.ts';
import { findAdmin, findPostgres, findRedis, runOn, withDatabase } from './servers.ts';
import { until } from './until.ts';

/** All suites of a run share the stores, which are closed at its end: `close` does nothing. */
export interface TestStores extends Stores {
  readonly name: StoreKind;
  readonly config: Config['database'];
  readonly url: Secret;
  /** The same database without the pooler that may be in front of it. */
  readonly directUrl: Secret;
  /** Null where the in-memory stand-in is used. */
  readonly redisUrl: Secret | null;
}

interface Opened {
  readonly stores: TestStores;
  close(): Promise<void>;
}

/** A log that prints nothing. Its lines are compared with the schema, as those of every other log of the tests. */
export const silentLog = createLog(
  { logLevel: 'info', environment: 'test' },
  { write: (line) => void parseLine(line) },
);
export const queries = loadQueries();

const serverUrl = await findPostgres();
const adminUrl = findAdmin(serverUrl);
const redisUrl = await findRedis();
/** Whether a real Postgres answers. */
export const hasRealPostgres = serverUrl !== null;

function kindsToTest(): readonly StoreKind[] {
  if (!serverUrl) return ['embedded'];
  // The embedded stores are the same in front of every server.
  return process.env.TEST_STORES === 'real' ? ['real'] : ['embedded', 'real'];
}

/** What `onEachStore` runs a suite on. */
export const storeKinds = kindsToTest();
const usualKinds = process.env.TEST_STORES === 'all' ? storeKinds : storeKinds.slice(-1);
const opened = new Map<StoreKind, Promise<Opened>>();

/** Creates an empty database on the real server, through a direct connection. @returns its name and a way to drop it */
async function createEmptyDatabase(options = '') {
  const name = `auth_test_${randomBytes(6).toString('hex')}`;
  await runOn(adminUrl ?? '', `create database ${name} ${options}`);
  const drop = async (roles: readonly string[] = []): Promise<void> => {
    const statements = [
      `drop database if exists ${name} with (force)`,
      ...roles.map((role) => `drop role ${role}`),
    ];
    dropAtEnd(async () => {
      for (const statement of statements) await runOn(withDatabase(adminUrl, 'postgres'), statement);
    });
  };
  return { name, drop };
}

/**
 * Creates an empty database on the real server.
 * @param options the end of the statement, for example a collation
 * @returns its URL, which is a direct connection where the service uses a pooler, and a function that drops it and then
 * some roles, at the end of the run
 */
export async function createScratchDatabase(
  options = '',
): Promise<{ url: Secret; drop: (roles?: readonly string[]) => Promise<void> }> {
  const { name, drop } = await createEmptyDatabase(options);
  return { url: () => withDatabase(adminUrl, name), drop };
}

async function openRedis(url: string): Promise<{ redis: RedisClient; close: () => Promise<void> }> {
  const keyPrefix = `auth-test-${randomBytes(6).toString('hex')}:`;
  const redis = await createRedisClient({
    url: () => url,
    log: silentLog,
    keyPrefix,
    commandTimeout: 10_000,
  });
  await until(() => redis.ping());
  const close = async (): Promise<void> => {
    await redis.close();
    const keys = await openRedisKeys(url);
    await keys.remove(`${keyPrefix}*`);
    await keys.close();
  };
  return { redis, close };
}

async function openServer(kind: StoreKind) {
  if (kind === 'real') {
    const { name, drop } = await createEmptyDatabase();
    const url = () => withDatabase(serverUrl, name);
    return { url, directUrl: () => withDatabase(adminUrl, name), close: drop };
  }
  const content = await emptyCluster();
  const server = await startEmbeddedPostgres({ dataDir: null, content, maxConnections: 8, log: silentLog });
  return { ...server, directUrl: server.url };
}

async function openKind(kind: StoreKind): Promise<Opened> {
  // A long timeout, so that a busy machine fails no test.
  const config = parseConfig({ DB_TIMEOUT: '10s' }).database;
  const server = await openServer(kind);
  const { url, directUrl } = server;
  const embedded = kind === 'embedded';
  await migrate({
    target: { url: directUrl, sslMode: 'disable', caFile: undefined },
    log: silentLog,
    embedded,
  });
  const database = createDatabase({ url, config, queries, log: silentLog, embedded });
  const memory = () => ({ redis: createInMemoryRedis(), close: async () => undefined });
  const redis = kind === 'real' && redisUrl ? await openRedis(redisUrl) : memory();
  const stores: TestStores = {
    name: kind,
    config,
    url,
    directUrl,
    redisUrl: redis.redis.connection && redisUrl ? () => redisUrl : null,
    database,
    replica: database,
    redis: redis.redis,
    embedded: [],
    close: async () => undefined,
  };
  const close = async (): Promise<void> => {
    await redis.close();
    await database.close();
    await server.close();
  };
  return { stores, close };
}

function descriptionOf(kind: StoreKind): string {
  if (kind === 'embedded') return 'embedded (PGlite, in-memory stand-in for Redis)';
  return `real (Postgres, ${redisUrl ? 'Redis' : 'in-memory stand-in for Redis'})`;
}

function use(kind: StoreKind): Promise<Opened> {
  const known = opened.get(kind);
  if (known) return known;
  const opening = openKind(kind);
  opened.set(kind, opening);
  openedStores.set(kind, { description: descriptionOf(kind), opening });
  return opening;
}

type Body = (stores: () => TestStores, kind: StoreKind) => void;

function describeOn(kind: StoreKind, title: string, body: Body): void {
  describe(`${title} [${kind}]`, () => {
    let stores: TestStores | undefined;
    before(async function () {
      this.timeout(60_000);
      ({ stores } = await use(kind));
    });
    body(() => {
      if (!stores) throw new Error('the stores are open only while tests run');
      return stores;
    }, kind);
  });
}

/** Runs the suite on the embedded stores and, where there is a server, on real ones. */
export function onEachStore(title: string, body: Body): void {
  for (const kind of storeKinds) describeOn(kind, title, body);
}

/**
 * Runs the suite on real stores or, where there is no server, on the embedded ones; with TEST_STORES=all, as in CI, on both.
 * For tests of what uses the stores: those of the stores themselves run on each of them.
 */
export function onOneStore(title: string, body: Body): void {
  for (const kind of usualKinds) describeOn(kind, title, body);
}

/** Runs the suite on real stores only: PGlite has one backend, without locks, deadlines and crashes. */
export function onRealStore(title: string, body: Body): void {
  if (serverUrl) {
    describeOn('real', title, body);
    return;
  }
  const absent = (): never => {
    throw new Error('there is no real store');
  };
  describe.skip(`${title} [real]`, () => body(absent, 'real'));
}
