import { randomUUID } from 'node:crypto';
import { deviceCookie } from '../../features/devices/device-cookie.ts';
import type { Context, Middleware } from '../route/context.ts';
import { unmatchedRoute } from '../route/context.ts';
import type { PlaceOf } from './client-address.ts';

const wellFormed = /^[A-Za-z0-9._-]{8,128}$/;

/** The caller's, when it is harmless in a log. */
export const requestIdOf = (given: string): string => (wellFormed.test(given) ? given : randomUUID());

/** First of all: gives the request its id and finds out who is calling. */
export function identify(placeOf: PlaceOf): Middleware {
  return (ctx: Context, next) => {
    const requestId = requestIdOf(ctx.get('X-Request-Id'));
    const userAgent = ctx.get('User-Agent').toWellFormed().slice(0, 256) || null;
    const place = placeOf(ctx.req.socket.remoteAddress, ctx.get('X-Forwarded-For'));
    ctx.state.requestId = requestId;
    ctx.state.route = unmatchedRoute;
    const deviceToken = (ctx.req.headers.cookie && ctx.cookies.get(deviceCookie)) || null;
    ctx.state.client = { ...place, userAgent, requestId, deviceToken };
    ctx.set('X-Request-Id', requestId);
    return next();
  };
}
