import { METHODS } from 'node:http';
import type { Endpoint } from './endpoint.ts';

/*
 * A gateway asks an endpoint of the audience `gateway` whether it may pass a request on to an application. Some gateways
 * send the method, the path, the query and the Host of that request instead of their own (Envoy, HAProxy, Caddy), so
 * the endpoint accepts any method, any path below its own and any Host, and answers no preflight.
 */

/** The request that the gateway checks, as far as the log line shows it. */
export interface ForwardedRequest {
  readonly forwardedMethod?: string;
  readonly forwardedPath?: string;
}

type Route = Pick<Endpoint, 'path' | 'audience'>;

/** What is read of Koa's context. */
interface CheckRequest {
  readonly method: string;
  readonly path: string;
  get(field: string): string;
}

const isCheckOf = ({ path }: Route, requested: string): boolean =>
  requested === path || requested.startsWith(`${path}/`);

/** Returns whether a path is one of a gateway check. Middleware needs this before the router has found the endpoint. */
export function createGatewayPaths(endpoints: readonly Route[]): (path: string) => boolean {
  const checks = endpoints.filter(({ audience }) => audience === 'gateway');
  return (path) => checks.some((check) => isCheckOf(check, path));
}

/** What the router matches: the path of the endpoint and, for gateways, all paths below it. */
export function routePattern({ path, audience }: Route): string | RegExp {
  if (audience !== 'gateway') return path;
  return new RegExp(`^${path.replaceAll('.', '\\.')}(?:/.*)?$`, 's');
}

/** Whether path and query of the request are those of the application, which its client chooses. */
export const isBelowCheck = ({ path, audience }: Route, requested: string): boolean =>
  audience === 'gateway' && requested !== path;

const knownMethods = new Set(METHODS);
const maxPathLength = 200;

/** Segments that could be ids, addresses or tokens. Versions such as `v1` stay. */
const identifyingSegment = /(?<=\/)(?!v\d{1,3}(?=\/|$))(?:[^/]*[^A-Za-z/_-][^/]*|[^/]{25,})/g;

/** `/orders/17?token=x` → `/orders/*`, because neither ids nor secrets belong in logs and traces (ASVS 16.2.5). */
export function maskedPath(target: string): string | undefined {
  const path = target.replace(/^https?:\/\/[^/]*/i, '').replace(/[?#].*$/s, '');
  return path.startsWith('/') ? path.slice(0, maxPathLength).replaceAll(identifyingSegment, '*') : undefined;
}

/**
 * The request that a gateway checks. Behind its path the gateway sends it as it is. Otherwise the header fields of
 * Traefik, Caddy and Kong (X-Forwarded-*) or of nginx (X-Original-*) describe it. The log must not be trusted further
 * than the gateway: a client can write these fields where the gateway does not.
 */
export function forwardedRequest(endpoint: Route, ctx: CheckRequest): ForwardedRequest {
  const isBelow = isBelowCheck(endpoint, ctx.path);
  const method = isBelow ? ctx.method : ctx.get('X-Forwarded-Method') || ctx.get('X-Original-Method');
  const uri = ctx.get('X-Forwarded-Uri') || ctx.get('X-Original-URI') || ctx.get('X-Original-URL');
  const path = maskedPath(isBelow ? ctx.path.slice(endpoint.path.length) : uri);
  return {
    ...(knownMethods.has(method) && { forwardedMethod: method }),
    ...(path !== undefined && { forwardedPath: path }),
  };
}
