import { z } from 'zod';
import { endpoint } from '../../http/route/endpoint.ts';
import { type Readiness, ReadinessAnswer } from './readiness.ts';

const Health = z
  .object({ status: z.literal('healthy'), version: z.string(), environment: z.string() })
  .meta({ id: 'Health' });

const json = (body: object) => ({ type: 'application/json', body: JSON.stringify(body) });

/** The endpoints of load balancers and kubelets. Their bodies have no envelope. */
export function healthEndpoints(services: {
  version: string;
  environment: string;
  readiness: Pick<Readiness, 'check'>;
}) {
  const { version, environment, readiness } = services;
  const healthy = { raw: json({ status: 'healthy', version, environment }) };
  const answers = { 200: { description: 'The process serves', data: Health, bare: true } };
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
        summary: 'Readiness; degraded without Postgres while token checks are served',
        answers: {
          200: { description: 'Ready, or degraded', data: ReadinessAnswer, bare: true },
          503: { description: 'Not ready', data: ReadinessAnswer, bare: true },
        },
      },
      async () => {
        const body = await readiness.check();
        return { status: body.status === 'not_ready' ? 503 : 200, raw: json(body) };
      },
    ),
  ];
}
