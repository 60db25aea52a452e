import { createReadiness, type Readiness } from '../../app/features/health/readiness.ts';
import type { createInMemoryRedis } from '../../app/store/embedded/in-memory-redis.ts';
import type { Database } from '../../app/store/postgres/database.ts';
import { migrationFolder, readMigrations } from '../../app/store/postgres/migration-files.ts';

const applied = readMigrations(migrationFolder).map(({ name }) => ({ name }));

/** What can go wrong for one replica. */
export interface Conditions {
  /** Null: the query has no end. */
  postgres: boolean | null;
  schema: 'current' | 'behind';
  redis: boolean;
  /** Redis is full, for example: it refuses writes, which its ping reports, and answers reads. */
  redisWrites: boolean;
  canSign: boolean;
  isDraining: boolean;
}

const healthy: Conditions = {
  postgres: true,
  schema: 'current',
  redis: true,
  redisWrites: true,
  canSign: true,
  isDraining: false,
};

/** Postgres as far as readiness asks it. */
function databaseOf(conditions: Conditions): Database {
  const answer = (name: string): object[] =>
    name === 'schema_migrations/list' && conditions.schema === 'current' ? applied : [];
  return {
    // reason: readiness reads only the names of migrations, which these rows contain
    query: (async (name: string) => {
      if (conditions.postgres === null) return new Promise(() => undefined);
      if (!conditions.postgres) throw new Error('Postgres is away');
      return answer(name);
    }) as Database['query'],
    transaction: () => Promise.reject(new Error('readiness needs no transaction')),
    close: async () => undefined,
  };
}

export type SharedRedis = ReturnType<typeof createInMemoryRedis>;

function redisOf(shared: SharedRedis, conditions: Conditions): SharedRedis {
  const unlessAway = <T>(work: () => Promise<T>): Promise<T> =>
    conditions.redis ? work() : Promise.reject(new Error('Redis is away'));
  return {
    ...shared,
    get: (keys) => unlessAway(() => shared.get(keys)),
    publish: (channel, message) => unlessAway(() => shared.publish(channel, message)),
    ping: async () => conditions.redis && conditions.redisWrites,
  };
}

export interface Replica {
  readonly conditions: Conditions;
  readonly readiness: Readiness;
}

/** A replica as far as its readiness. Replicas of one Redis see each other. */
export function startReplica(
  shared: SharedRedis,
  options: { requiresPostgres?: boolean; deadline?: number } = {},
  start: Partial<Conditions> = {},
): Replica {
  const conditions = { ...healthy, ...start };
  const stores = { database: databaseOf(conditions), redis: redisOf(shared, conditions) };
  const keys = { canSign: () => conditions.canSign };
  return { conditions, readiness: createReadiness(stores, keys, () => conditions.isDraining, options) };
}

/** Milliseconds between two checks of a serving process. */
export const checkInterval = 2_000;
