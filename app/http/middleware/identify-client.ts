import { randomUUID } from 'node:crypto';
import type { Middleware } from '../route/context.ts';
import type { AddressResolver } from './client-address.ts';

const wellFormed = /^[A-Za-z0-9._-]{8,128}$/;

/** The request id that the caller sent if it is safe to log, otherwise a new one. */
export const requestIdOf = (given: string): string => (wellFormed.test(given) ? given : randomUUID());

/** Gives each request its id and determines the client's address. */
export function identifyClient(resolveAddress: AddressResolver): Middleware {
  return (ctx, next) => {
    const requestId = requestIdOf(ctx.get('X-Request-Id'));
    const userAgent = ctx.get('User-Agent').toWellFormed().slice(0, 256) || null;
    const address = resolveAddress(ctx.req);
    ctx.state.requestId = requestId;
    ctx.state.client = { ...address, userAgent, requestId };
    ctx.set('X-Request-Id', requestId);
    return next();
  };
}
