import Router from '@koa/router';
import { AppError } from '../../errors.ts';
import { type Authenticate, requireAdmin } from '../../features/sessions/authenticate.ts';
import type { Context, RequestState } from './context.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import type { Limits } from './limits.ts';
import { readJson } from './read-json.ts';
import { validate } from './validate.ts';

function write(ctx: Context, answer: Answer): void {
  ctx.status = answer.status ?? 200;
  ctx.set('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(answer.headers ?? {})) ctx.set(name, value);
  if (answer.raw) {
    ctx.body = answer.raw.body;
    ctx.type = answer.raw.type;
  } else if (answer.data !== undefined) {
    ctx.body = { data: answer.data, ...(answer.meta && { meta: answer.meta }) };
  } else {
    ctx.body = null;
    ctx.status = answer.status ?? 204;
  }
}

/** A path parameter of the wrong form names nothing that exists. */
function parseParams(endpoint: Endpoint, params: unknown): unknown {
  if (!endpoint.params) return undefined;
  const parsed = endpoint.params.safeParse(params);
  if (!parsed.success) throw new AppError('not_found');
  return parsed.data;
}

/** One request through the policies of its route line, in this order: room, access, limit, input, a place, handler. */
async function serve(
  endpoint: Endpoint,
  ctx: Context,
  limit: Limits,
  authenticate: Authenticate,
): Promise<void> {
  const refusal = endpoint.room?.refusal();
  if (refusal) throw refusal;
  // Before the limit: who has no token must not use up what those behind the same address may do with theirs.
  const caller = endpoint.access === 'open' ? undefined : await authenticate(ctx);
  if (caller && endpoint.access === 'admin') requireAdmin(caller);
  if (endpoint.limit) await limit(ctx, endpoint.limit);
  const params = parseParams(endpoint, 'params' in ctx ? ctx.params : {});
  const query = endpoint.query && validate(endpoint.query, { ...ctx.query });
  const body = endpoint.body && validate(endpoint.body, await readJson(ctx.req));
  // Endpoint erased the types that its spec promised; see endpoint().
  const call = { body, query, params, caller, client: ctx.state.client } as Parameters<Endpoint['handle']>[0];
  const handle = () => endpoint.handle(call);
  // No sooner: heads that came while there was room may hold their bodies back, and would hold places with them.
  write(ctx, await (endpoint.room ? endpoint.room.hold(handle) : handle()));
}

export function createRouter(endpoints: readonly Endpoint[], limit: Limits, authenticate: Authenticate) {
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  for (const endpoint of endpoints) {
    router[endpoint.method](endpoint.path, (ctx) => {
      ctx.state.route = endpoint.path;
      return serve(endpoint, ctx, limit, authenticate);
    });
  }
  return router;
}
