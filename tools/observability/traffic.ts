import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Question } from '../torture/harness/client.ts';
import {
  type LoggedInUser,
  logIn,
  logInNewUsers,
  newUserFields,
  register,
} from '../torture/harness/users.ts';

let requests = 0;

/** Sends each request from another address, so that the rate limits per address refuse few of them. */
function nextAddress(): Question {
  requests += 1;
  const address = `10.${Math.floor(requests / 250) % 250}.1.${requests % 250}`;
  return { headers: { 'X-Forwarded-For': address } };
}

function send(base: string, line: string, question: Question = {}) {
  return ask(base, line, { ...question, ...nextAddress() });
}

const guess = (base: string, email: string) =>
  send(base, 'POST /api/v1/auth/login', { body: { email, password: 'Wr0ng-password-1' } });

/** Refreshes twice and sends the first token again, as a thief does, or a client that lost a response. */
async function reuseToken(base: string): Promise<void> {
  const member = await logIn(base, await register(base, nextAddress()), nextAddress());
  let token = member.refresh;
  for (let n = 0; n < 2; n += 1) {
    const reply = await send(base, 'POST /api/v1/auth/refresh', { body: { refresh_token: token } });
    token = reply.body?.data?.refresh_token ?? token;
  }
  await send(base, 'POST /api/v1/auth/refresh', { body: { refresh_token: member.refresh } });
}

/** The requests of an ordinary client. */
async function useNormally(base: string, member: LoggedInUser): Promise<void> {
  const { email, password } = member;
  // A user has at most 100 sessions, so the tokens of the first login would become invalid.
  const { access: token, refresh } = await logIn(base, member, nextAddress()).catch(() => member);
  for (let n = 0; n < 8; n += 1) await send(base, 'GET /api/v1/users/me', { token });
  for (let n = 0; n < 8; n += 1) await send(base, 'GET /api/v1/auth/verify', { token });
  await send(base, 'GET /.well-known/jwks.json');
  await send(base, 'GET /nothing/here');
  await send(base, 'POST /api/v1/auth/login', { body: { email, password } });
  await send(base, 'POST /api/v1/auth/refresh', { body: { refresh_token: refresh } });
}

/** Sends more logins at once than the hash queue accepts: some are refused with status 503. */
async function overload(base: string): Promise<void> {
  await Promise.all(Array.from({ length: 12 }, () => guess(base, newUserFields().email)));
}

/** Even on a slow machine, so that every kind of traffic occurs. */
const minRounds = 6;

/**
 * Generates traffic for about `seconds`: logins that succeed and fail, refreshes, reused tokens, password guesses on one
 * account until it is locked, and bursts that overload the hash queue.
 * @param pause milliseconds between two rounds
 */
export async function makeTraffic(base: string, seconds: number, pause = 50): Promise<void> {
  const users = await logInNewUsers(base, 4);
  const { email: victim } = await register(base, nextAddress());
  const end = performance.now() + seconds * 1000;
  for (let round = 0; round < minRounds || performance.now() < end; round += 1) {
    await Promise.all(users.map((member) => useNormally(base, member)));
    await guess(base, newUserFields().email);
    if (round % 3 === 0) await guess(base, victim);
    if (round % 4 === 1) await reuseToken(base).catch(() => undefined);
    if (round % 20 === 4) await overload(base);
    await sleep(pause);
  }
}
