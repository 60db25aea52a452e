import { z } from 'zod';
import { createReplicaReports } from './internal/replica-reports.ts';
import {
  type CheckedStores,
  createStoreChecks,
  type StoreChecks,
  unchecked,
} from './internal/store-checks.ts';

export const ReadinessAnswer = z
  .object({
    status: z.enum(['ready', 'degraded', 'not_ready']).meta({
      description:
        'degraded: Postgres is unavailable. Token checks and public keys are served, everything else is answered with 503.',
    }),
    checks: z.object({
      postgres: z.enum(['up', 'down']),
      schema: z.enum(['current', 'behind', 'unknown']),
      redis: z.enum(['up', 'degraded']),
      signing_key: z.enum(['usable', 'revoked']),
      isolated: z.boolean().meta({
        description: 'Other replicas have reached Postgres for 15 seconds, and this one has not',
      }),
      draining: z.boolean(),
    }),
  })
  .meta({ id: 'Readiness' });
export type ReadinessAnswer = z.infer<typeof ReadinessAnswer>;

interface ReadinessOptions {
  /** READINESS_REQUIRES_POSTGRES. @default false */
  readonly requiresPostgres?: boolean;
  /** Milliseconds for the answer of Postgres to one check. @default three seconds */
  readonly deadline?: number;
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

/** Postgres has the schema of this version. */
const isServed = ({ postgres, schema }: StoreChecks): boolean => postgres === 'up' && schema === 'current';

/** A schema that is behind is an answer of Postgres, and no outage. */
const isAway = ({ schema }: StoreChecks): boolean => schema === 'unknown';

export type Readiness = ReturnType<typeof createReadiness>;

/**
 * Whether this replica should get requests. Without Postgres it is degraded and stays in the endpoints if it can still check
 * tokens and no other replica can do more (docs/decisions/0059-readiness-during-an-outage-of-postgres.md). A replica
 * that has not reached Postgres since its start is not ready, so that a rollout with a wrong URL stops.
 * @param canSign false while the signing key is revoked: other replicas may have the next key already
 * @param isDraining true after SIGTERM, while requests are still served
 */
export function createReadiness(
  stores: CheckedStores,
  { canSign }: { canSign(): boolean },
  isDraining: () => boolean,
  { requiresPostgres = false, deadline = 3_000 }: ReadinessOptions = {},
) {
  const checkStores = createStoreChecks(stores, deadline);
  const reports = createReplicaReports(stores.redis);
  let latest = unchecked;
  let hasServed = false;
  let isolated = false;

  const refresh = shared(async () => {
    latest = await checkStores();
    const reachesPostgres = isServed(latest.checks);
    hasServed ||= reachesPostgres;
    isolated = reports.isCutOff(reachesPostgres);
    // A replica that should get no requests for another reason says nothing about those that should.
    const isCounted = hasServed && canSign() && !isDraining();
    if (isCounted && (reachesPostgres || isAway(latest.checks))) reports.publish(reachesPostgres);
  });

  function status(): ReadinessAnswer['status'] {
    const { canReadRedis, checks } = latest;
    if (!canSign() || isDraining()) return 'not_ready';
    if (isServed(checks)) return 'ready';
    const canCheckTokens = hasServed && isAway(checks) && canReadRedis;
    return canCheckTokens && !isolated && !requiresPostgres ? 'degraded' : 'not_ready';
  }

  /** From the latest checks. A process that starts to drain cannot wait for a store that does not answer. */
  function current(): ReadinessAnswer {
    const signingKey = canSign() ? 'usable' : 'revoked';
    const checks = { ...latest.checks, signing_key: signingKey, isolated, draining: isDraining() } as const;
    return { status: status(), checks };
  }

  return {
    current,
    async check(): Promise<ReadinessAnswer> {
      await refresh();
      return current();
    },
  };
}
