import { createEndpoints, type Services } from '../../app/endpoints.ts';
import type { Readiness } from '../../app/features/health/readiness.ts';

/** The answer of a service that is ready. */
export const readiness: Pick<Readiness, 'check'> = {
  check: async () => ({
    status: 'ready',
    checks: { postgres: 'up', schema: 'current', redis: 'up', signing_key: 'usable', draining: false },
  }),
};

/**
 * The real route table without services, for tests of the routes themselves. Only the documentation and the health
 * endpoints can be called.
 */
export function createRouteTable() {
  const services = {
    version: '1.0.0',
    environment: 'test',
    readiness,
    devices: { isRecognised: () => false },
    administration: {},
    replica: {},
    // reason: handlers reach for their services only when called, which no test with this table does.
  } as unknown as Services;
  return createEndpoints(services);
}
