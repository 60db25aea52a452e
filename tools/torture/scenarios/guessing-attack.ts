import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../harness/client.ts';
import { logIn, register, type UserFields } from '../harness/users.ts';

/** An hour becomes a minute. */
export const scale = 60;

const loginRoute = 'POST /api/v1/auth/login';

/** Milliseconds between two guesses of an attack: 10,000 addresses try once each in the scaled hour. */
const pause = 6;

/** Requests of one attack that wait for an answer. */
const concurrency = 8;

/** Milliseconds between two logins of the owner from new devices: ten minutes of the scaled hour. */
const ownerPause = 600_000 / scale;

export interface AttackResult {
  readonly addresses: number;
  /** Answers to guesses by status. 401 is the answer to a password that was checked. */
  readonly answers: Readonly<Record<string, number>>;
  /** Minutes of the scaled hour from the first attempt to the login; null if the owner did not log in. */
  readonly waits: readonly (number | null)[];
}

/** Each of the first 65,536 addresses of a range is in another /24. */
const addressOf = (range: number, n: number): string => `${range}.${(n >> 8) & 255}.${n & 255}.7`;

/** Guesses from all addresses in turn, on all replicas. */
async function guess(urls: readonly string[], email: string, addresses: number, range: number, end: number) {
  const answers: Record<string, number> = {};
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const n = count;
      count += 1;
      const headers = { 'X-Forwarded-For': addressOf(range, n % addresses) };
      const body = { email, password: `guess-Numb3r-${n}` };
      const { status } = await ask(urls[n % urls.length] ?? '', loginRoute, { body, headers });
      answers[status] = (answers[status] ?? 0) + 1;
      await sleep(pause * concurrency);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return answers;
}

/** The owner logs in without a device token, and tries again when Retry-After says. */
async function logInFromNewDevice(url: string, owner: UserFields, address: string, end: number) {
  const { email, password } = owner;
  const start = performance.now();
  while (performance.now() < end) {
    const headers = { 'X-Forwarded-For': address };
    const { status, headers: answered } = await ask(url, loginRoute, { body: { email, password }, headers });
    if (status === 200) return ((performance.now() - start) * scale) / 60_000;
    await sleep(Number(answered['retry-after'] ?? 1) * 1_000);
  }
  return null;
}

/** Guesses from a number of addresses until `end`, while the owner logs in from one new network after the other. */
export async function attack(
  urls: readonly string[],
  owner: UserFields,
  addresses: number,
  range: number,
  end: number,
): Promise<AttackResult> {
  const [url = ''] = urls;
  const logins: Promise<number | null>[] = [];
  const logInRegularly = async (): Promise<void> => {
    for (let n = 0; performance.now() + ownerPause < end; n += 1) {
      await sleep(ownerPause / 2);
      logins.push(logInFromNewDevice(url, owner, addressOf(range + 1, n), end));
      await sleep(ownerPause / 2);
    }
  };
  const [answers] = await Promise.all([guess(urls, owner.email, addresses, range, end), logInRegularly()]);
  return { addresses, answers, waits: await Promise.all(logins) };
}

/** Logs in from a known device until `end`. @returns the number of logins and of attempts */
export async function logInFromKnownDevice(url: string, owner: UserFields, device: string, end: number) {
  const { email, password } = owner;
  const counts = { logins: 0, attempts: 0 };
  // The budget of a device is ten failed attempts per hour. The owner knows the password.
  while (performance.now() + 4_000 < end) {
    await sleep(4_000);
    const question = {
      body: { email, password, device_token: device },
      headers: { 'X-Forwarded-For': '203.0.113.7' },
    };
    counts.attempts += 1;
    if ((await ask(url, loginRoute, question)).status === 200) counts.logins += 1;
  }
  return counts;
}

/** Guesses at another account with the device token of somebody else. @returns the statuses */
export async function guessWithForeignDevice(url: string, device: string): Promise<number[]> {
  const { email } = await register(url, { headers: { 'X-Forwarded-For': '203.0.113.8' } });
  const statuses: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const body = { email, password: 'not-Th1s-one', device_token: device };
    const headers = { 'X-Forwarded-For': `198.19.0.${n}` };
    statuses.push((await ask(url, loginRoute, { body, headers })).status);
  }
  return statuses;
}

/** A new account whose owner has one known device. */
export async function createOwner(url: string) {
  const at = { headers: { 'X-Forwarded-For': '203.0.113.7' } };
  return logIn(url, await register(url, at), at);
}
