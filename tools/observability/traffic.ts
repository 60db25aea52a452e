import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Question } from '../torture/harness/client.ts';
import {
  type LoggedInUser,
  logIn,
  logInNewUsers,
  newUserFields,
  register,
} from '../torture/harness/users.ts';

let asked = 0;

/** From many addresses in turn, so that limits per address leave most of it alone. */
function elsewhere(): Question {
  asked += 1;
  const address = `10.${Math.floor(asked / 250) % 250}.1.${asked % 250}`;
  return { headers: { 'X-Forwarded-For': address } };
}

function send(base: string, line: string, question: Question = {}) {
  return ask(base, line, { ...question, ...elsewhere() });
}

const guess = (base: string, email: string) =>
  send(base, 'POST /api/v1/auth/login', { body: { email, password: 'Wr0ng-password-1' } });

/** Rotates twice and shows the first token again: what a thief does, or a client that lost an answer. */
async function reuse(base: string): Promise<void> {
  const member = await logIn(base, await register(base, elsewhere()), elsewhere());
  let token = member.refresh;
  for (let n = 0; n < 2; n += 1) {
    const reply = await send(base, 'POST /api/v1/auth/refresh', { body: { refresh_token: token } });
    token = reply.body?.data?.refresh_token ?? token;
  }
  await send(base, 'POST /api/v1/auth/refresh', { body: { refresh_token: member.refresh } });
}

/** One of each thing that ordinary clients do. */
async function ordinary(base: string, member: LoggedInUser): Promise<void> {
  const { access: token, email, password } = member;
  for (let n = 0; n < 8; n += 1) await send(base, 'GET /api/v1/users/me', { token });
  for (let n = 0; n < 8; n += 1) await send(base, 'GET /api/v1/auth/verify', { token });
  await send(base, 'GET /.well-known/jwks.json');
  await send(base, 'GET /nothing/here');
  await send(base, 'POST /api/v1/auth/login', { body: { email, password } });
  const { refresh } = await logIn(base, member, elsewhere()).catch(() => member);
  await send(base, 'POST /api/v1/auth/refresh', { body: { refresh_token: refresh } });
}

/** More logins at once than the hash queue takes: some are answered with 503. */
async function overload(base: string): Promise<void> {
  await Promise.all(Array.from({ length: 12 }, () => guess(base, newUserFields().email)));
}

/**
 * A small town's traffic and its troubles: logins that succeed and fail, refreshes, one stolen token, one account that
 * is guessed at until it locks, and a burst that overloads the hash queue. Lasts about `seconds`.
 */
export async function makeTraffic(base: string, seconds: number): Promise<void> {
  const people = await logInNewUsers(base, 4);
  const { email: victim } = await register(base, elsewhere());
  const end = performance.now() + seconds * 1000;
  for (let turn = 0; performance.now() < end; turn += 1) {
    await Promise.all(people.map((member) => ordinary(base, member)));
    await guess(base, newUserFields().email);
    if (turn % 3 === 0) await guess(base, victim);
    if (turn % 4 === 1) await reuse(base).catch(() => undefined);
    if (turn % 20 === 4) await overload(base);
    await sleep(50);
  }
}
