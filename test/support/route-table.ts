import { createEndpoints, type Services } from '../../app/endpoints.ts';

/**
 * The real route table without services, for tests of the routes themselves. Only the documentation and the health
 * endpoints can be called.
 */
export function createRouteTable() {
  const services = {
    version: '1.0.0',
    environment: 'test',
    checks: { postgres: async () => true, schema: async () => true, redis: async () => true },
    isDraining: () => false,
    administration: {},
    replica: {},
    // reason: handlers reach for their services only when called, which no test with this table does.
  } as unknown as Services;
  return createEndpoints(services);
}
