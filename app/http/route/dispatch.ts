import { Readable } from 'node:stream';
import Router from '@koa/router';
import { AppError } from '../../errors.ts';
import { adminRole } from '../../store/tables/roles.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import type { Context, RequestState } from './context.ts';
import type { Answer, Call, Endpoint } from './endpoint.ts';
import type { EnforceLimit } from './rate-limits.ts';
import { readJson } from './read-json.ts';
import { endTogether } from './streamed-body.ts';
import { validate } from './validate.ts';

/** Finds out who calls. @throws AppError unauthorized or service_unavailable */
export type Authenticate = (ctx: Context) => Promise<ActiveSession>;

interface Policies {
  readonly authenticate: Authenticate;
  readonly enforceLimit: EnforceLimit;
}

function write(ctx: Context, answer: Answer): void {
  ctx.status = answer.status ?? 200;
  ctx.set('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(answer.headers ?? {})) ctx.set(name, value);
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
    ctx.status = answer.status ?? 204;
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
  const caller = await authenticate(ctx);
  if (endpoint.access === 'admin' && !caller.user.roles.includes(adminRole)) throw new AppError('forbidden');
  return caller;
}

async function readInput(endpoint: Endpoint, ctx: Context) {
  const params = parseParams(endpoint, 'params' in ctx ? ctx.params : {});
  const query = endpoint.query && validate(endpoint.query, { ...ctx.query });
  const body = endpoint.body && validate(endpoint.body, await readJson(ctx.req));
  return { params, query, body };
}

/** Takes one request through the policies of its endpoint, in this order: queue, access, limit, input, slot, handler. */
async function serve(endpoint: Endpoint, ctx: Context, policies: Policies): Promise<void> {
  const refusal = endpoint.queue?.refusal();
  if (refusal) throw refusal;
  // Check access before the limit: a caller without a token must not use up the limit of others on the same network.
  const caller = await checkAccess(endpoint, ctx, policies.authenticate);
  if (endpoint.limit) await policies.enforceLimit(ctx, endpoint.limit);
  const input = await readInput(endpoint, ctx);
  const { client } = ctx.state;
  const cookie = (name: string): string | null => (ctx.headers.cookie && ctx.cookies.get(name)) || null;
  // reason: Endpoint erased the types of its spec; see endpoint().
  const call = { ...input, caller, client, cookie } as Call<never, unknown, unknown, unknown>;
  const handle = () => endpoint.handle(call);
  // Reserve the slot only after the body has arrived. A client that sends its headers and withholds the body must not
  // occupy a slot.
  write(ctx, await (endpoint.queue ? endpoint.queue.run(handle) : handle()));
}

export function createRouter(endpoints: readonly Endpoint[], policies: Policies) {
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  for (const endpoint of endpoints) {
    router[endpoint.method](endpoint.path, (ctx) => {
      ctx.state.endpoint = endpoint;
      return serve(endpoint, ctx, policies);
    });
  }
  return router;
}
