import type { Cleanup } from '../../tools/torture/harness/cleanup.ts';
import {
  newestPostgres,
  type PostgresRequirement,
  pgBouncer,
  postgres15,
  proxyProgram,
  type Requirement,
  redisSentinel,
  redisServer,
} from './requirements.ts';
import type { ProxyName } from './servers/forwarding.ts';
import { startPgBouncer } from './servers/pgbouncer.ts';
import { startPostgres } from './servers/postgres.ts';
import { startRedisCluster } from './servers/redis-cluster.ts';
import { startRedisSentinels } from './servers/redis-sentinel.ts';
import { startRedisProcess } from './servers/redis-server.ts';

/** What a test run needs to know of the servers of its cell. */
export type Variables = Readonly<Record<string, string>>;

/** One row of the matrix: the servers of a deployment, on which the HTTP suite must pass. */
export interface Cell {
  readonly name: string;
  /** What the row adds to the first row, in words. */
  readonly servers: string;
  readonly needs: readonly Requirement[];
  /** @returns the variables for the test run */
  start(cleanup: Cleanup): Promise<Variables>;
}

async function postgresUrl(cleanup: Cleanup, requirement = postgres15): Promise<string> {
  const installation = requirement.find();
  if (!installation) throw new Error(requirement.advice);
  const server = await startPostgres(installation);
  cleanup.add(() => server.stop());
  return server.url;
}

async function redisUrl(cleanup: Cleanup): Promise<string> {
  return `redis://127.0.0.1:${(await startRedisProcess({ cleanup })).port}`;
}

/** One Postgres and one Redis, without anything between them and the service. */
async function startPlain(cleanup: Cleanup, requirement?: PostgresRequirement): Promise<Variables> {
  return {
    TEST_DATABASE_URL: await postgresUrl(cleanup, requirement),
    TEST_REDIS_URL: await redisUrl(cleanup),
  };
}

const plain = (name: string, requirement: PostgresRequirement, servers: string): Cell => ({
  name,
  servers,
  needs: [requirement, redisServer],
  start: (cleanup) => startPlain(cleanup, requirement),
});

const pooled = (poolMode: 'session' | 'transaction'): Cell => ({
  name: `pgbouncer-${poolMode}`,
  servers: `PgBouncer in ${poolMode} mode, one Redis`,
  needs: [pgBouncer, postgres15, redisServer],
  async start(cleanup) {
    const direct = await postgresUrl(cleanup);
    const target = new URL(direct);
    // PgBouncer passes on the database that the client names: each test run has one of its own.
    target.pathname = '';
    const settings = { max_client_conn: 1_000 };
    const pooler = await startPgBouncer({ poolMode, target: target.href, poolSize: 40, settings });
    cleanup.add(() => pooler.stop());
    const pooledUrl = new URL(pooler.url);
    pooledUrl.pathname = '/postgres';
    // Tests add their own.
    pooledUrl.search = '';
    return {
      TEST_DATABASE_URL: pooledUrl.href,
      TEST_ADMIN_DATABASE_URL: direct,
      TEST_REDIS_URL: await redisUrl(cleanup),
    };
  },
});

const behind = (proxy: ProxyName, title: string): Cell => ({
  name: proxy,
  servers: `${title} in front of the service`,
  needs: [proxyProgram(proxy), postgres15, redisServer],
  start: async (cleanup) => ({ ...(await startPlain(cleanup)), TEST_PROXY: proxy }),
});

export const cells: readonly Cell[] = [
  plain('postgres-15', postgres15, 'one Postgres, one Redis'),
  plain('postgres-newest', newestPostgres, 'the newest Postgres of npm, one Redis'),
  pooled('session'),
  pooled('transaction'),
  {
    name: 'redis-cluster',
    servers: 'Redis Cluster of three masters',
    needs: [postgres15, redisServer],
    start: async (cleanup) => ({
      TEST_DATABASE_URL: await postgresUrl(cleanup),
      TEST_REDIS_URL: (await startRedisCluster(cleanup)).url,
    }),
  },
  {
    name: 'redis-sentinel',
    servers: 'Redis with a replica and three Sentinels',
    needs: [redisSentinel, postgres15, redisServer],
    start: async (cleanup) => ({
      TEST_DATABASE_URL: await postgresUrl(cleanup),
      TEST_REDIS_URL: (await startRedisSentinels(cleanup)).url,
    }),
  },
  behind('nginx', 'nginx'),
  behind('caddy', 'Caddy'),
  behind('haproxy', 'HAProxy'),
];
