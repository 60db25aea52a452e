import { z } from 'zod';
import type { Database } from '../../store/postgres/database.ts';
import { isSchemaCurrent } from '../../store/postgres/schema-check.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';

export const ReadinessAnswer = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.object({
      postgres: z.enum(['up', 'down']),
      schema: z.enum(['current', 'behind', 'unknown']),
      redis: z.enum(['up', 'degraded']),
      signing_key: z.enum(['usable', 'revoked']),
      draining: z.boolean(),
    }),
  })
  .meta({ id: 'Readiness' });
type ReadinessAnswer = z.infer<typeof ReadinessAnswer>;
type StoreChecks = Omit<ReadinessAnswer['checks'], 'draining' | 'signing_key'>;

interface CheckedStores {
  readonly database: Database;
  readonly redis: Pick<RedisClient, 'ping'>;
}

/** Milliseconds for which one check answers every caller. Anybody may call the health routes as often as they like. */
const freshness = 500;

/** Shares the result of `check` among callers: no two checks at once, and none while the last result is fresh. */
function shared<T>(check: () => Promise<T>): () => Promise<T> {
  let latest: Promise<T> | undefined;
  let expires = 0;
  return () => {
    if (latest && performance.now() < expires) return latest;
    expires = Number.POSITIVE_INFINITY;
    latest = check().finally(() => {
      expires = performance.now() + freshness;
    });
    return latest;
  };
}

async function checkSchema(database: Database): Promise<StoreChecks['schema']> {
  try {
    return (await isSchemaCurrent(database)) ? 'current' : 'behind';
  } catch {
    return 'unknown';
  }
}

/** Redis has a fallback for each of its uses, so an unavailable Redis degrades the service and does not fail it. */
async function checkStores({ database, redis }: CheckedStores): Promise<StoreChecks> {
  const ping = database.query('health/ping').then(
    () => true,
    () => false,
  );
  const [isPostgresUp, isRedisUp] = await Promise.all([ping, redis.ping()]);
  return {
    postgres: isPostgresUp ? 'up' : 'down',
    schema: isPostgresUp ? await checkSchema(database) : 'unknown',
    redis: isRedisUp ? 'up' : 'degraded',
  };
}

export type Readiness = ReturnType<typeof createReadiness>;

/**
 * Whether this replica should get requests.
 * @param canSign false while the signing key is revoked: other replicas may have the next key already
 * @param isDraining true after SIGTERM, while requests are still served
 */
export function createReadiness(
  stores: CheckedStores,
  { canSign }: { canSign(): boolean },
  isDraining: () => boolean,
) {
  let latest: StoreChecks = { postgres: 'down', schema: 'unknown', redis: 'degraded' };
  const refresh = shared(async () => {
    latest = await checkStores(stores);
  });

  /** From the latest checks. A process that starts to drain cannot wait for a store that does not answer. */
  function current(): ReadinessAnswer {
    const signingKey = canSign() ? 'usable' : 'revoked';
    const checks = { ...latest, signing_key: signingKey, draining: isDraining() } as const;
    const { draining, postgres, schema } = checks;
    const isReady = postgres === 'up' && schema === 'current' && canSign() && !draining;
    return { status: isReady ? 'ready' : 'not_ready', checks };
  }

  return {
    current,
    async check(): Promise<ReadinessAnswer> {
      await refresh();
      return current();
    },
  };
}
