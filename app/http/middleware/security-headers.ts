import helmet from 'koa-helmet';
import type { Middleware } from '../route/context.ts';

/** A JSON API needs nothing from anywhere; the documentation page brings a policy of its own. */
const contentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
const strictTransportSecurity = 'max-age=31536000; includeSubDomains';

/** For answers that never reach Koa: those to requests that Node itself could not parse. */
export const bareSecurityHeaders: Readonly<Record<string, string>> = {
  'Strict-Transport-Security': strictTransportSecurity,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy': contentSecurityPolicy,
};

/** Outermost, so that every answer has them, errors included. */
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
