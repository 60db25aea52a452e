import helmet from 'koa-helmet';
import type { Middleware } from '../route/context.ts';

/** For responses that are written without Koa. */
export const basicSecurityHeaders: Readonly<Record<string, string>> = {
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // A JSON API loads nothing. The documentation page sets a policy of its own.
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The outermost middleware, so that every response carries the headers, errors included. */
export function securityHeaders(): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    frameguard: { action: 'deny' },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  });
}
