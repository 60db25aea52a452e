import { endpoint } from '../../http/route/endpoint.ts';
import { Health, Readiness } from '../../http/schemas.ts';

export interface HealthChecks {
  readonly postgres: () => Promise<boolean>;
  readonly schema: () => Promise<boolean>;
  readonly redis: () => Promise<boolean>;
}

/** Load balancers and kubelets call these by IP address, so ALLOWED_HOSTS does not apply to them. */
export const healthPaths = ['/api/v1/health', '/api/v1/health/live', '/api/v1/health/ready'] as const;

/** Milliseconds for which one look at the dependencies answers everybody who asks: anyone may, as often as they like. */
const freshness = 500;

/** Never two looks at once, and none while the last is fresh. */
function sharing<T>(look: () => Promise<T>): () => Promise<T> {
  let latest: Promise<T> | undefined;
  let expires = 0;
  return () => {
    if (latest && performance.now() < expires) return latest;
    expires = Number.POSITIVE_INFINITY;
    latest = look().finally(() => {
      expires = performance.now() + freshness;
    });
    return latest;
  };
}

export function healthEndpoints(options: {
  version: string;
  environment: string;
  checks: HealthChecks;
  isDraining: () => boolean;
}) {
  const { version, environment, checks, isDraining } = options;
  const healthy = {
    raw: { type: 'application/json', body: JSON.stringify({ status: 'healthy', version, environment }) },
  };
  const answers = { 200: { description: 'The process serves', data: Health, bare: true } };

  /** Redis has a stand-in for each of its duties, so its absence degrades and does not fail. */
  const look = sharing(async () => {
    const [postgres, redis] = await Promise.all([checks.postgres(), checks.redis()]);
    const schema = postgres ? await checks.schema() : null;
    return {
      postgres: postgres ? 'up' : 'down',
      schema: schema === null ? 'unknown' : schema ? 'current' : 'behind',
      redis: redis ? 'up' : 'degraded',
    };
  });

  return [
    endpoint('GET /api/v1/health', { summary: 'Health', access: 'open', answers }, () => healthy),
    endpoint(
      'GET /api/v1/health/live',
      { summary: 'Liveness; touches nothing', access: 'open', answers },
      () => healthy,
    ),
    endpoint(
      'GET /api/v1/health/ready',
      {
        summary: 'Readiness: Postgres and its schema; Redis is reported',
        access: 'open',
        answers: {
          200: { description: 'Ready', data: Readiness, bare: true },
          503: { description: 'Not ready', data: Readiness, bare: true },
        },
      },
      async () => {
        const result = { ...(await look()), draining: isDraining() };
        const ready = result.postgres === 'up' && result.schema === 'current' && !result.draining;
        const body = JSON.stringify({ status: ready ? 'ready' : 'not_ready', checks: result });
        return { status: ready ? 200 : 503, raw: { type: 'application/json', body } };
      },
    ),
  ];
}
