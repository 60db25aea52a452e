import { AppError } from '../errors.ts';
import type { Middleware } from './context.ts';
import { healthPaths } from './health-endpoints.ts';

/** `api.example.com:8443` → `api.example.com`; `[::1]:8000` → `[::1]`. */
function hostName(header: string): string {
  return header.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

/**
 * Refuses a Host that is not ours, so that nothing downstream can be fooled by it. X-Forwarded-Host is never read.
 * @throws AppError host_not_allowed
 */
export function allowedHosts(hosts: readonly string[]): Middleware {
  const any = hosts.length === 0 || hosts.includes('*');
  const allowed = new Set(hosts);
  const exempt: ReadonlySet<string> = new Set(healthPaths);
  return (ctx, next) => {
    const isAllowed = any || exempt.has(ctx.path) || allowed.has(hostName(ctx.req.headers.host ?? ''));
    if (!isAllowed) throw new AppError('host_not_allowed');
    return next();
  };
}
