import koaCors from '@koa/cors';
import type { Middleware } from '../route/context.ts';

/** Cross-origin requests from the configured origins. It wraps `problem`, so that a browser may read errors too. */
export function cors(origins: readonly string[]): Middleware {
  const allowsAny = origins.includes('*');
  return koaCors({
    // Echo only an origin that is on the list. For any other origin the header is left out.
    origin: ({ req }) => {
      const origin = req.headers.origin ?? '';
      return allowsAny || origins.includes(origin) ? origin : '';
    },
    // The device cookie needs credentials; SameSite=Strict keeps it from other sites. Never allow them for `*`.
    credentials: () => !allowsAny,
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'],
    exposeHeaders: [
      'X-Request-Id',
      'Retry-After',
      'WWW-Authenticate',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
    ],
    maxAge: 600,
  });
}
