import { createEndpoints, type Services } from '../../app/endpoints.ts';
import type { Readiness } from '../../app/features/health/readiness.ts';

/** The answer of a service that is ready. */
export const readiness: Pick<Readiness, 'check'> = {
  check: async () => ({
    status: 'ready',
    checks: {
      postgres: 'up',
      schema: 'current',
      redis: 'up',
      signing_key: 'usable',
      isolated: false,
      draining: false,
    },
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
    metricsToken: null,
    replica: {},
    // reason: handlers reach for their services only when called, which no test with this table does.
  } as unknown as Services;
  return createEndpoints(services);
}

/** Searches: what is searched is personal data, and only a body stays out of access logs. */
const readingPosts: ReadonlySet<string> = new Set(['/api/v1/admin/users/search']);

/** The routes that change something, all but GET and searches. */
export const createChangingRoutes = () =>
  createRouteTable().filter(({ method, path }) => method !== 'get' && !readingPosts.has(path));
