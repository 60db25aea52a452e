import { createEndpoints, type Services } from '../../app/endpoints.ts';

/**
 * The real route table without anything behind it: good for what the routes say about themselves, while only the
 * documentation and health can be called.
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
