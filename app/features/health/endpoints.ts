import { z } from 'zod';
import { endpoint } from '../../http/route/endpoint.ts';
import { type DependencyChecks, dependencyStatus } from './dependency-status.ts';

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
