import cors from '@koa/cors';
import Koa from 'koa';
import type { Config } from '../config/config.ts';
import type { Authenticate } from '../features/sessions/authenticate.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { noTracing, type Tracing } from '../observe/tracing.ts';
import { allowedHosts, createHostCheck } from './middleware/allowed-hosts.ts';
import { createClientPlaces } from './middleware/client-address.ts';
import { identify } from './middleware/identify.ts';
import { createRequestRecord, requestLog } from './middleware/request-log.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { traceRequests } from './middleware/trace-requests.ts';
import { problem } from './problem.ts';
import type { RequestState } from './route/context.ts';
import { createRouter } from './route/dispatch.ts';
import type { Endpoint } from './route/endpoint.ts';
import type { Limits } from './route/limits.ts';
import { createShed, shedBefore } from './server/shed.ts';

const exposedHeaders = [
  'X-Request-Id',
  'Retry-After',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
];

/** Middleware in order. CORS stands outside `problem`, so that a browser may read refusals too. */
export function createApp(options: {
  config: Config['http'];
  endpoints: readonly Endpoint[];
  limit: Limits;
  authenticate: Authenticate;
  log: Logger;
  metrics: Metrics;
  tracing?: Tracing;
}): Koa<RequestState> {
  const { config, endpoints, limit, authenticate, log, metrics, tracing = noTracing } = options;
  const router = createRouter(endpoints, limit, authenticate);
  const app = new Koa<RequestState>();
  const placeOf = createClientPlaces(config.trustedProxies);
  const record = createRequestRecord(log, metrics);
  const isOurs = createHostCheck(config.allowedHosts);

  app.use(securityHeaders());
  app.use(identify(placeOf));
  if (tracing.isOn) app.use(traceRequests(tracing));
  app.use(requestLog(record, metrics));
  app.use(
    cors({
      // No origin is echoed that is not on the list; without one the header is left out.
      origin: ({ req }) => {
        const origin = req.headers.origin ?? '';
        return config.corsOrigins.includes('*') || config.corsOrigins.includes(origin) ? origin : '';
      },
      // For the device cookie, which SameSite=Strict keeps from other sites; never for origins that nobody listed.
      credentials: () => !config.corsOrigins.includes('*'),
      allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'],
      exposeHeaders: exposedHeaders,
      maxAge: 600,
    }),
  );
  app.use(problem());
  app.use(allowedHosts(isOurs));
  app.use(router.routes());
  app.use(router.allowedMethods());
  // Nothing thrown gets past `problem`; what is left are broken sockets.
  app.on('error', (error) => log.debug({ err: error }, 'response could not be sent'));
  if (!tracing.isOn) shedBefore(app, createShed({ endpoints, isOurs, placeOf, record }));
  return app;
}
