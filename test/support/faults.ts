import { AppError } from '../../app/errors.ts';
import type { Stores } from '../../app/open-stores.ts';
import type { Database } from '../../app/store/postgres/database.ts';
import type { RedisClient } from '../../app/store/redis/redis-client.ts';

export interface Faults {
  postgres: boolean;
  redis: boolean;
  /** Milliseconds by which the clock of the database is ahead, for refreshes. */
  clockAhead: number;
}

const down = (): Promise<never> => Promise.reject(new AppError('service_unavailable', { retryAfter: 1 }));

function faultyDatabase(database: Database, faults: Faults): Database {
  return {
    async query<Row extends object>(
      name: Parameters<Database['query']>[0],
      params?: readonly unknown[],
    ): Promise<Row[]> {
      if (faults.postgres) return down();
      const rows = await database.query<Row>(name, params);
      if (name !== 'sessions/find') return rows;
      return rows.map((row) => {
        const { msSinceRotation } = row as { msSinceRotation: number | null };
        return {
          ...row,
          msSinceRotation: msSinceRotation === null ? null : msSinceRotation + faults.clockAhead,
        };
      });
    },
    transaction: (work) => (faults.postgres ? down() : database.transaction(work)),
    close: () => database.close(),
  };
}

function faultyRedis(redis: RedisClient, faults: Faults): RedisClient {
  const unless = <T>(work: () => Promise<T>): Promise<T> => (faults.redis ? down() : work());
  return {
    ...redis,
    get: (keys) => unless(() => redis.get(keys)),
    set: (key, value, ttl) => unless(() => redis.set(key, value, ttl)),
    setMax: (key, value, ttl) => unless(() => redis.setMax(key, value, ttl)),
    publish: (channel, message) => unless(() => redis.publish(channel, message)),
    ping: async () => !faults.redis && (await redis.ping()),
  };
}

/** The same stores. A test can make each of them unavailable. */
export function withFaults(stores: Stores): { stores: Stores; faults: Faults } {
  const faults: Faults = { postgres: false, redis: false, clockAhead: 0 };
  const database = faultyDatabase(stores.database, faults);
  return {
    faults,
    stores: {
      ...stores,
      database,
      replica: database,
      redis: faultyRedis(stores.redis, faults),
    },
  };
}
