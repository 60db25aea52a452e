import { AppError } from '../errors.ts';
import type { Context, Middleware } from './context.ts';
import { healthPaths } from './health-endpoints.ts';

/** `api.example.com:8443` → `api.example.com`; `[::1]:8000` → `[::1]`. */
function hostName(header: string): string {
  return header.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

/** Koa's parser throws at some targets that name a host themselves, such as `http://[/`. */
function pathOf(ctx: Context): string {
  try {
    return ctx.path;
  } catch (cause) {
    throw new AppError('malformed_request', { cause });
  }
}

/**
 * Refuses a Host that is not ours, so that nothing downstream can be fooled by it. X-Forwarded-Host is never read.
 * @throws AppError host_not_allowed, or malformed_request for a target that cannot be read
 */
export function allowedHosts(hosts: readonly string[]): Middleware {
  const any = hosts.length === 0 || hosts.includes('*');
  const allowed = new Set(hosts);
  const exempt: ReadonlySet<string> = new Set(healthPaths);
  return (ctx, next) => {
    const isExempt = exempt.has(pathOf(ctx));
    const isAllowed = any || isExempt || allowed.has(hostName(ctx.req.headers.host ?? ''));
    if (!isAllowed) throw new AppError('host_not_allowed');
    return next();
  };
}
