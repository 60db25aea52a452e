import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import Router from '@koa/router';
import { AppError } from '../../errors.ts';
import { createCaller } from '../../store/caller.ts';
import { adminRole } from '../../store/tables/roles.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import { problems } from '../problem.ts';
import type { Context, RequestState } from './context.ts';
import type { Answer, Call, Endpoint, Subject } from './endpoint.ts';
import { checkFixedToken } from './fixed-token.ts';
import { forwardedRequest, isBelowCheck, routePattern } from './gateway-check.ts';
import { checkIsJson, parseJson } from './json.ts';
import type { Priority } from './network-standing.ts';
import type { OverloadControl } from './overload-control.ts';
import { readQuery } from './query.ts';
import type { RateLimits } from './rate-limits.ts';
import { bodyLimits, type ReadBody } from './read-body.ts';
import type { StepUp } from './step-up.ts';
import { endTogether } from './streamed-body.ts';
import { validate } from './validate.ts';

/** Finds out who calls. @throws AppError unauthorized or service_unavailable */
export type Authenticate = (ctx: Context) => Promise<ActiveSession>;

interface Policies {
  readonly authenticate: Authenticate;
  readonly stepUp: StepUp;
  readonly limits: RateLimits;
  readonly overload: OverloadControl;
  readonly readBody: ReadBody;
}

/** 204, except below the check of a gateway: Envoy takes no other status than 200 for permission. */
function statusWithoutBody({ state: { endpoint }, path }: Context): number {
  return endpoint && isBelowCheck(endpoint, path) ? 200 : 204;
}

function write(ctx: Context, answer: Answer): void {
  ctx.status = answer.status ?? 200;
  ctx.set('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    // CORS has added Origin.
    if (name === 'Vary') ctx.vary(value);
    else ctx.set(name, value);
  }
  if (answer.raw) {
    if (answer.raw.body instanceof Readable) endTogether(ctx, answer.raw.body);
    ctx.body = answer.raw.body;
    ctx.type = answer.raw.type;
  } else if (answer.data !== undefined) {
    // As text: Koa would keep the objects as well until the client has read the response.
    ctx.body = JSON.stringify({ data: answer.data, meta: answer.meta });
    ctx.type = 'application/json';
  } else {
    ctx.body = null;
    ctx.status = answer.status ?? statusWithoutBody(ctx);
  }
}

/** A path parameter of the wrong form names nothing that exists. @throws AppError not_found */
function parseParams(endpoint: Endpoint, params: unknown): unknown {
  const parsed = endpoint.params?.safeParse(params);
  if (parsed?.success === false) throw new AppError('not_found');
  return parsed?.data;
}

/** @throws AppError unauthorized, forbidden or service_unavailable */
async function checkAccess(endpoint: Endpoint, ctx: Context, authenticate: Authenticate) {
  if (endpoint.access === 'open') return undefined;
  return createCaller(await authenticate(ctx), endpoint.access === 'admin' ? adminRole : null);
}

async function readInput(endpoint: Endpoint, ctx: Context, readBody: ReadBody) {
  const params = parseParams(endpoint, 'params' in ctx ? ctx.params : {});
  // The query of a checked request is the client's: it must not choose what the gateway asks.
  const query = isBelowCheck(endpoint, ctx.path) ? {} : readQuery(ctx, endpoint.query);
  if (!endpoint.body) return { params, query };
  checkIsJson(ctx.req);
  const body = validate(endpoint.body, parseJson(await readBody(ctx.req, bodyLimits[endpoint.access])));
  return { params, query, body };
}

/** Statuses of an attempt that failed: a wrong secret, or one attempt too many. */
const failed: ReadonlySet<number> = new Set([401, 403, 429]);

const isFailure = (error: unknown): boolean =>
  error instanceof AppError && failed.has(problems[error.code].status);

/**
 * The answer to a failed attempt of a suspect network takes some time, and the attempt keeps its slot. So the attempts of
 * all suspect networks together are no more than the slots that they may have, whatever refuses them.
 */
async function delayFailure<T>(delay: number, handle: () => T | Promise<T>): Promise<T> {
  try {
    return await handle();
  } catch (error) {
    if (delay > 0 && isFailure(error)) await sleep(delay);
    throw error;
  }
}

/** @throws AppError rate_limited or overloaded */
async function checkCapacity(
  endpoint: Endpoint,
  ctx: Context,
  isSession: boolean,
  { overload, limits }: Policies,
): Promise<Priority> {
  const { network } = ctx.state.client;
  const { queue, limit } = endpoint;
  const isKnownDevice =
    endpoint.isKnownDevice !== undefined && (await overload.isFromKnownDevice(endpoint, network, ctx.req));
  const priority = !queue || isSession || isKnownDevice ? 'known' : overload.networks.priorityOf(network);
  const refusal = queue ? overload.refuse(endpoint, network, priority) : null;
  if (refusal && priority === 'suspect') await sleep(overload.refusalDelay());
  if (refusal) throw refusal;
  if (limit) await limits.enforce(ctx, limit, isKnownDevice);
  return priority;
}

/** What follows the check of access, in this order: capacity, input, slot, handler. */
async function serveCaller(
  endpoint: Endpoint,
  ctx: Context,
  caller: ActiveSession | undefined,
  policies: Policies,
): Promise<void> {
  const { queue } = endpoint;
  const needsCapacity = queue || endpoint.limit;
  const priority = needsCapacity
    ? await checkCapacity(endpoint, ctx, caller !== undefined, policies)
    : 'known';
  const input = await readInput(endpoint, ctx, policies.readBody);
  const { client } = ctx.state;
  const cookie = (name: string): string | null => (ctx.headers.cookie && ctx.cookies.get(name)) || null;
  const header = (name: string): string => ctx.get(name);
  const identify = (subject: Subject): void => void Object.assign(ctx.state, subject);
  // reason: Endpoint erased the types of its spec; see endpoint().
  const call = { ...input, caller, client, priority, cookie, header, identify } as Call<
    never,
    unknown,
    unknown,
    unknown
  >;
  const handle = () => endpoint.handle(call);
  if (!queue) return write(ctx, await handle());
  // Reserve the slot only after the body has arrived. A client that sends its headers and withholds the body must not
  // occupy a slot.
  const { networks, refusalDelay } = policies.overload;
  const delay = priority === 'suspect' ? refusalDelay() : 0;
  const run = () => queue.run(priority, () => delayFailure(delay, handle));
  write(ctx, await networks.attempt(client.network, priority, isFailure, run));
}

/** Names what the request would change, before anything can refuse it. An id of the wrong form is not logged. */
function identifyTarget(endpoint: Endpoint, ctx: Context): void {
  const parsed = endpoint.target && endpoint.params?.safeParse('params' in ctx ? ctx.params : {});
  if (parsed?.success) ctx.state.targetId = endpoint.target?.(parsed.data);
}

/** Takes one request through the policies of its endpoint. */
async function serve(endpoint: Endpoint, ctx: Context, policies: Policies): Promise<void> {
  if (endpoint.target) identifyTarget(endpoint, ctx);
  // Check access before the limit: a caller without a token must not use up the limit of others on the same network.
  const caller = await checkAccess(endpoint, ctx, policies.authenticate);
  if (endpoint.fixedToken) await checkFixedToken(ctx, endpoint.fixedToken, policies.limits);
  if (!caller) return serveCaller(endpoint, ctx, caller, policies);
  const { stepUp } = policies;
  try {
    if (endpoint.recentAuthentication) stepUp.check(ctx.state.authTime ?? null);
    await serveCaller(endpoint, ctx, caller, policies);
  } catch (error) {
    const params = endpoint.params?.safeParse('params' in ctx ? ctx.params : {}).data;
    await stepUp.record(error, { endpoint, params, caller, client: ctx.state.client });
    throw error;
  }
}

export function createRouter(endpoints: readonly Endpoint[], policies: Policies) {
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  for (const endpoint of endpoints) {
    const isForGateways = endpoint.audience === 'gateway';
    router[isForGateways ? 'all' : endpoint.method](routePattern(endpoint), (ctx) => {
      ctx.state.endpoint = endpoint;
      if (isForGateways) ctx.state.forwarded = forwardedRequest(endpoint, ctx);
      return serve(endpoint, ctx, policies);
    });
  }
  return router;
}
