import koaCors from '@koa/cors';
import { createOriginCheck } from '../../config/origin.ts';
import type { Middleware } from '../route/context.ts';

/** Headers that tracing libraries in browsers add to each request. A browser blocks the request if one is not allowed. */
const traceHeaders: readonly string[] = [
  ...['traceparent', 'tracestate', 'baggage', 'sentry-trace'],
  ...['b3', 'X-B3-TraceId', 'X-B3-SpanId', 'X-B3-ParentSpanId', 'X-B3-Sampled', 'X-B3-Flags'],
  ...['x-datadog-trace-id', 'x-datadog-parent-id', 'x-datadog-origin', 'x-datadog-sampling-priority'],
  ...['newrelic', 'elastic-apm-traceparent', 'uber-trace-id', 'X-Amzn-Trace-Id', 'X-Cloud-Trace-Context'],
  ...['Request-Id', 'Request-Context'],
];

/** Cross-origin requests from the configured origins. It wraps `problem`, so that a browser may read errors too. */
export function cors(origins: readonly string[]): Middleware {
  const allowsAny = origins.includes('*');
  const isAllowed = createOriginCheck(origins);
  return koaCors({
    // Echo only an origin that is on the list. For any other origin the header is left out.
    origin: ({ req }) => {
      const origin = req.headers.origin ?? '';
      return allowsAny || isAllowed(origin) ? origin : '';
    },
    // The device cookie needs credentials; SameSite=Strict keeps it from other sites. Never allow them for `*`.
    credentials: () => !allowsAny,
    // A page on the internet may call a service in a private network only if it is on the list.
    privateNetworkAccess: !allowsAny,
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'X-Request-Id', 'X-Requested-With', ...traceHeaders],
    exposeHeaders: [
      'X-Request-Id',
      'Retry-After',
      'WWW-Authenticate',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
      'Allow',
      'Content-Disposition',
      'traceresponse',
    ],
    maxAge: 600,
  });
}
