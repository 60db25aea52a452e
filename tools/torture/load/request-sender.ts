import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../harness/client.ts';
import { newUserFields } from '../harness/users.ts';
import { type Ask, createHttpClient } from './http-client.ts';
import type { Stream } from './plan.ts';

/** Sends the next request of the stream. Null when every client of the stream waits for an answer. */
export type Send = () => Promise<Reply> | null;

function roundRobin<T>(items: readonly T[]): () => T {
  let next = 0;
  return () => {
    const item = items[next % items.length];
    if (item === undefined) throw new Error('a stream has nothing to send');
    next += 1;
    return item;
  };
}

/** Sends from 250 addresses in turn. Only a service that trusts the proxy and limits by address notices. */
function fromManyAddresses(ask: Ask): Ask {
  let asked = 0;
  return (base, line, question) => {
    asked += 1;
    return ask(base, line, { ...question, headers: { 'X-Forwarded-For': `10.1.1.${asked % 250}` } });
  };
}

/** A client without an answer, or with a 503, keeps its token and tries again with it. */
function refreshing(stream: Stream, ask: Ask): Send {
  const base = roundRobin(stream.bases);
  const idle = [...(stream.tokens ?? [])];
  return () => {
    const token = idle.shift();
    if (token === undefined) return null;
    const refreshed = ask(base(), 'POST /api/v1/auth/refresh', { body: { refresh_token: token } });
    void refreshed.then((reply) => {
      if (reply.status !== 401) idle.push(reply.status === 200 ? reply.body.data.refresh_token : token);
    });
    return refreshed;
  };
}

/** Milliseconds before its expiry at which a token is used for the last time. */
const lastUse = 2_000;

/**
 * Refreshes on one replica and shows the new access token to every other, at once and again shortly before it
 * expires. The answer is the first that was not 204.
 */
function freshTokens(stream: Stream, ask: Ask): Send {
  const refresh = refreshing(stream, ask);
  const show = (token: string): Promise<Reply[]> =>
    Promise.all(stream.bases.map((base) => ask(base, 'GET /api/v1/auth/verify', { token })));
  return () => {
    const checked = refresh()?.then(async (reply) => {
      if (reply.status !== 200) return reply;
      const { access_token: token, expires_in: life } = reply.body.data;
      const replies = await show(token);
      await sleep(life * 1000 - lastUse);
      replies.push(...(await show(token)));
      return replies.find(({ status }) => status !== 204) ?? replies[0] ?? reply;
    });
    return checked ?? null;
  };
}

export function createSend(stream: Stream): Send {
  const ask = fromManyAddresses(createHttpClient(stream));
  const base = roundRobin(stream.bases);
  const token = roundRobin(stream.tokens ?? []);
  const user = roundRobin(stream.users ?? []);
  switch (stream.kind) {
    case 'me':
      return () => ask(base(), 'GET /api/v1/users/me', { token: token() });
    case 'sessions':
      return () => ask(base(), 'GET /api/v1/users/me/sessions', { token: token() });
    case 'verify':
      return () => ask(base(), 'GET /api/v1/auth/verify', { token: token() });
    case 'jwks':
      return () => ask(base(), 'GET /.well-known/jwks.json', {});
    case 'login':
      return () => {
        const { email, password } = user();
        return ask(base(), 'POST /api/v1/auth/login', { body: { email, password } });
      };
    case 'register':
      return () => ask(base(), 'POST /api/v1/auth/register', { body: newUserFields() });
    case 'refresh':
      return refreshing(stream, ask);
    case 'fresh-token':
      return freshTokens(stream, ask);
  }
}
