import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Question, type Reply } from '../../../../tools/torture/harness/client.ts';
import { newUserFields, type UserFields } from '../../../../tools/torture/harness/users.ts';

let count = 0;

/**
 * The headers of a request from an address block (a /24) that sent none before: pods trust the X-Forwarded-For of this machine.
 */
export function fromNewNetwork(): Question {
  count += 1;
  const part = (shift: number): number => (count >> shift) % 128;
  return { headers: { 'X-Forwarded-For': `${11 + (part(14) % 100)}.${part(7)}.${part(0)}.1` } };
}

/**
 * Sends requests one after the other in `width` loops.
 * @param pause milliseconds between two requests of a loop
 * @returns a function that ends the loops, and resolves when the last request has been answered
 */
export function repeat(width: number, pause: number, send: () => Promise<unknown>): () => Promise<void> {
  let isOver = false;
  const loop = async (): Promise<void> => {
    while (!isOver) {
      // What is not answered as expected is part of many causes. A cause that is not made raises no alert.
      await send().catch(() => undefined);
      await sleep(pause);
    }
  };
  const loops = Promise.all(Array.from({ length: width }, loop));
  return async () => {
    isOver = true;
    await loops;
  };
}

export function sendLogin(url: string, user: Pick<UserFields, 'email' | 'password'>): Promise<Reply> {
  const { email, password } = user;
  return ask(url, 'POST /api/v1/auth/login', { body: { email, password }, ...fromNewNetwork() });
}

/** Milliseconds. A service that has just started, or whose store comes back, may refuse for some seconds with status 503. */
const patience = 60_000;

/** Sends a request until it is not refused with status 503, as a client does that honours Retry-After. */
async function askPatiently(send: () => Promise<Reply>): Promise<Reply> {
  const end = performance.now() + patience;
  let reply = await send();
  while (reply.status === 503 && performance.now() < end) {
    await sleep(1_000);
    reply = await send();
  }
  return reply;
}

export async function registerUser(url: string): Promise<UserFields> {
  const user = newUserFields();
  const register = () => ask(url, 'POST /api/v1/auth/register', { body: user, ...fromNewNetwork() });
  const reply = await askPatiently(register);
  if (reply.status !== 201) throw new Error(`registration answered ${reply.status} ${reply.text}`);
  return user;
}

/** The tokens of a new session. */
export async function logIn(url: string, user: UserFields): Promise<{ access: string; refresh: string }> {
  const reply = await askPatiently(() => sendLogin(url, user));
  if (reply.status !== 200) throw new Error(`login answered ${reply.status} ${reply.text}`);
  const { access_token: access, refresh_token: refresh } = reply.body.data;
  return { access, refresh };
}

/** Refreshes a session. @returns the next refresh token, or undefined if it was refused */
export async function refresh(
  url: string,
  token: string,
  question: Question = {},
): Promise<string | undefined> {
  const reply = await ask(url, 'POST /api/v1/auth/refresh', { body: { refresh_token: token }, ...question });
  return reply.body?.data?.refresh_token;
}
