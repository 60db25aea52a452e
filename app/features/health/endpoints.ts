import { z } from 'zod';
import { endpoint } from '../../http/route/endpoint.ts';

const Health = z
  .object({ status: z.literal('healthy'), version: z.string(), environment: z.string() })
  .meta({ id: 'Health' });

const Readiness = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.object({
      postgres: z.enum(['up', 'down']),
      schema: z.enum(['current', 'behind', 'unknown']),
      redis: z.enum(['up', 'degraded']),
      draining: z.boolean(),
    }),
  })
  .meta({ id: 'Readiness' });

interface DependencyChecks {
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
function dependencyStatus(checks: DependencyChecks) {
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

const json = (body: object) => ({ type: 'application/json', body: JSON.stringify(body) });

/** The endpoints of load balancers and kubelets. Their bodies have no envelope. */
export function healthEndpoints(services: {
  version: string;
  environment: string;
  checks: DependencyChecks;
  isDraining: () => boolean;
}) {
  const { version, environment, checks, isDraining } = services;
  const healthy = { raw: json({ status: 'healthy', version, environment }) };
  const answers = { 200: { description: 'The process serves', data: Health, bare: true } };
  const status = dependencyStatus(checks);
  const probe = { access: 'open', audience: 'probe' } as const;

  return [
    endpoint('GET /api/v1/health', { ...probe, summary: 'Health', answers }, () => healthy),
    endpoint(
      'GET /api/v1/health/live',
      { ...probe, summary: 'Liveness; touches nothing', answers },
      () => healthy,
    ),
    endpoint(
      'GET /api/v1/health/ready',
      {
        ...probe,
        summary: 'Readiness: Postgres and its schema; Redis is reported',
        answers: {
          200: { description: 'Ready', data: Readiness, bare: true },
          503: { description: 'Not ready', data: Readiness, bare: true },
        },
      },
      async () => {
        const result = { ...(await status()), draining: isDraining() };
        const ready = result.postgres === 'up' && result.schema === 'current' && !result.draining;
        const body = { status: ready ? 'ready' : 'not_ready', checks: result };
        return { status: ready ? 200 : 503, raw: json(body) };
      },
    ),
  ];
}
