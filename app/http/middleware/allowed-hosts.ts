import { AppError } from '../../errors.ts';
import { healthPaths } from '../../features/health/endpoints.ts';
import type { Middleware } from '../route/context.ts';

/** `api.example.com:8443` → `api.example.com`; `[::1]:8000` → `[::1]`. */
function hostName(header: string): string {
  return header.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

/** Whether a Host header names us. X-Forwarded-Host is never read. */
export function createHostCheck(hosts: readonly string[]): (header: string | undefined) => boolean {
  const any = hosts.length === 0 || hosts.includes('*');
  const allowed = new Set(hosts);
  return (header) => any || allowed.has(hostName(header ?? ''));
}

/**
 * Refuses a Host that is not ours, so that nothing downstream can be fooled by it.
 * @throws AppError host_not_allowed
 */
export function allowedHosts(isOurs: ReturnType<typeof createHostCheck>): Middleware {
  const exempt: ReadonlySet<string> = new Set(healthPaths);
  return (ctx, next) => {
    if (!exempt.has(ctx.path) && !isOurs(ctx.req.headers.host)) throw new AppError('host_not_allowed');
    return next();
  };
}
