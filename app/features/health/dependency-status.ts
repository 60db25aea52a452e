export interface DependencyChecks {
  readonly postgres: () => Promise<boolean>;
  readonly schema: () => Promise<boolean>;
  readonly redis: () => Promise<boolean>;
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

/** Redis has a fallback for each of its uses, so an unavailable Redis degrades the service and does not fail it. */
export function dependencyStatus(checks: DependencyChecks) {
  return shared(async () => {
    const [postgres, redis] = await Promise.all([checks.postgres(), checks.redis()]);
    const schema = postgres ? await checks.schema() : null;
    return {
      postgres: postgres ? 'up' : 'down',
      schema: schema === null ? 'unknown' : schema ? 'current' : 'behind',
      redis: redis ? 'up' : 'degraded',
    };
  });
}
