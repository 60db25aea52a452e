import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../store/postgres/database.ts';
import { isSchemaCurrent } from '../../../store/postgres/schema-check.ts';
import type { RedisClient } from '../../../store/redis/redis-client.ts';

export interface CheckedStores {
  readonly database: Database;
  readonly redis: Pick<RedisClient, 'get' | 'ping' | 'publish' | 'subscribe'>;
}

export interface StoreChecks {
  readonly postgres: 'up' | 'down';
  /** Unknown: the migrations could not be read. */
  readonly schema: 'current' | 'behind' | 'unknown';
  readonly redis: 'up' | 'degraded';
}

export interface StoreState {
  readonly checks: StoreChecks;
  /** Whether Redis answers reads, which token checks need while Postgres is unavailable. */
  readonly canReadRedis: boolean;
}

type PostgresChecks = Pick<StoreChecks, 'postgres' | 'schema'>;

export const unchecked: StoreState = {
  checks: { postgres: 'down', schema: 'unknown', redis: 'degraded' },
  canReadRedis: false,
};

/** Keys that nobody writes, in several slots of a cluster. */
const probeKeys = ['readiness:a', 'readiness:b', 'readiness:c', 'readiness:d'];

async function checkSchema(database: Database): Promise<StoreChecks['schema']> {
  try {
    return (await isSchemaCurrent(database)) ? 'current' : 'behind';
  } catch {
    return 'unknown';
  }
}

async function askPostgres(database: Database): Promise<PostgresChecks> {
  try {
    await database.query('health/ping');
  } catch {
    return { postgres: 'down', schema: 'unknown' };
  }
  return { postgres: 'up', schema: await checkSchema(database) };
}

/** A Redis that is full, or a cluster that has lost a shard, is degraded and still answers reads. */
const answersReads = (redis: Pick<RedisClient, 'get'>): Promise<boolean> =>
  Promise.any(probeKeys.map((key) => redis.get([key]))).then(
    () => true,
    () => false,
  );

/** The result of `work`, or `otherwise` after `ms` milliseconds. The work goes on. */
async function within<T>(ms: number, work: Promise<T>, otherwise: T): Promise<T> {
  const ended = new AbortController();
  const late = sleep(ms, otherwise, { ref: false, signal: ended.signal }).catch(() => otherwise);
  try {
    return await Promise.race([work, late]);
  } finally {
    ended.abort();
  }
}

/**
 * Checks the stores. Redis has a fallback for each of its uses, so an unavailable Redis degrades the service and does not fail
 * it.
 * @param deadline milliseconds after which Postgres counts as down. DB_TIMEOUT may be an hour, and the result of a check
 * that does not end would become too old.
 */
export function createStoreChecks({ database, redis }: CheckedStores, deadline: number) {
  let asking: Promise<PostgresChecks> | null = null;

  /** A question that Postgres has not answered yet gets no second one behind it. */
  function askOnce(): Promise<PostgresChecks> {
    asking ??= askPostgres(database).finally(() => {
      asking = null;
    });
    return asking;
  }

  return async function checkStores(): Promise<StoreState> {
    const [postgres, isRedisUp] = await Promise.all([
      within<PostgresChecks>(deadline, askOnce(), { postgres: 'down', schema: 'unknown' }),
      redis.ping(),
    ]);
    return {
      checks: { ...postgres, redis: isRedisUp ? 'up' : 'degraded' },
      canReadRedis: isRedisUp || (await answersReads(redis)),
    };
  };
}
