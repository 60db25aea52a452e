import Koa from 'koa';
import type { Config } from '../config/config.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { noTracing, type Tracing } from '../observe/tracing.ts';
import { allowedHosts, createHostCheck } from './middleware/allowed-hosts.ts';
import { createAddressResolver, createProxyCheck } from './middleware/client-address.ts';
import { cors } from './middleware/cors.ts';
import { identifyClient } from './middleware/identify-client.ts';
import { problem } from './middleware/problem.ts';
import { createRequestRecord, requestLog } from './middleware/request-log.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { traceRequests } from './middleware/trace-requests.ts';
import type { Middleware, RequestState } from './route/context.ts';
import { type Authenticate, createRouter } from './route/dispatch.ts';
import { type Endpoint, isFromPlatform, probePaths } from './route/endpoint.ts';
import { createGatewayPaths } from './route/gateway-check.ts';
import { createNetworkStanding } from './route/network-standing.ts';
import { createOverloadControl } from './route/overload-control.ts';
import type { RateLimits } from './route/rate-limits.ts';
import { createBodyReader } from './route/read-body.ts';
import type { StepUp } from './route/step-up.ts';
import { createLoadShedder, shedBeforeKoa } from './server/load-shedding.ts';

/** Runs the middleware for every path but those that `isExempt` names. */
const exceptFor =
  (isExempt: (path: string) => boolean, middleware: Middleware): Middleware =>
  (ctx, next) =>
    isExempt(ctx.path) ? next() : middleware(ctx, next);

/** The Koa application: middleware in order, then the router. */
export function createApp(options: {
  config: Pick<Config, 'http' | 'resources' | 'tracing'>;
  endpoints: readonly Endpoint[];
  limits: RateLimits;
  authenticate: Authenticate;
  stepUp: StepUp;
  log: Logger;
  metrics: Metrics;
  tracing?: Tracing;
}): Koa<RequestState> {
  const { config, endpoints, limits, authenticate, stepUp, log, metrics, tracing = noTracing } = options;
  const onCut = (): void => metrics.closedConnections.inc({ reason: 'bodies' });
  const readBody = createBodyReader(config.resources.bodyBytes, onCut);
  const overload = createOverloadControl({ limits, networks: createNetworkStanding(), readBody });
  const router = createRouter(endpoints, { authenticate, stepUp, limits, overload, readBody });
  const resolveAddress = createAddressResolver(config.http);
  const isAllowedHost = createHostCheck(config.http.allowedHosts);
  const record = createRequestRecord(log, metrics);
  const probes = probePaths(endpoints);
  const isGatewayCheck = createGatewayPaths(endpoints);
  const app = new Koa<RequestState>();

  app.use(securityHeaders());
  app.use(identifyClient(resolveAddress));
  if (tracing.isOn) {
    const untracedPaths = new Set(endpoints.filter(isFromPlatform).map(({ path }) => path));
    const isTrusted = config.tracing.trustCaller ? createProxyCheck(config.http.trustedProxies) : () => false;
    app.use(traceRequests(tracing, { untracedPaths, isTrusted, isAllowedHost }));
  }
  app.use(requestLog(record, metrics));
  // A gateway takes the answer to a preflight for permission to pass it on.
  app.use(exceptFor(isGatewayCheck, cors(config.http.corsOrigins)));
  app.use(problem());
  app.use(allowedHosts(isAllowedHost, (path) => probes.has(path) || isGatewayCheck(path)));
  app.use(router.routes());
  app.use(router.allowedMethods());
  // `problem` catches every error of a handler. What Koa reports here are sockets that broke while it wrote.
  app.on('error', (error) => log.debug({ err: error }, 'a response could not be sent'));
  shedBeforeKoa(app, createLoadShedder({ endpoints, overload, isAllowedHost, resolveAddress, record }));
  return app;
}
