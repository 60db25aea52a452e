import { AppError } from '../../errors.ts';
import type { Middleware } from '../route/context.ts';

export type HostCheck = (header: string | undefined) => boolean;

/** Returns whether a Host header names an allowed host. X-Forwarded-Host is never read. */
export function createHostCheck(hosts: readonly string[]): HostCheck {
  const any = hosts.length === 0 || hosts.includes('*');
  const allowed = new Set(hosts);
  // `api.example.com:8443` → `api.example.com`; `[::1]:8000` → `[::1]`.
  return (header = '') => any || allowed.has(header.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, ''));
}

/**
 * Refuses a request for a host that is not on the list, so that nothing downstream trusts a forged Host header.
 * @param isExempt tells the paths of health probes, which load balancers call by IP address, and of gateway checks, which
 * carry the Host of the application and answer nothing that depends on it
 * @throws AppError host_not_allowed
 */
export function allowedHosts(isAllowed: HostCheck, isExempt: (path: string) => boolean): Middleware {
  return (ctx, next) => {
    if (!isExempt(ctx.path) && !isAllowed(ctx.req.headers.host)) throw new AppError('host_not_allowed');
    return next();
  };
}
