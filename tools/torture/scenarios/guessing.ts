import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../harness/client.ts';
import { type Deployment, startDeployment } from '../harness/deployment.ts';
import type { Scenario } from '../harness/scenario.ts';
import { logIn, register } from '../harness/users.ts';

const addresses = 200;
const mostGuesses = 30;
/** An hour becomes a minute. */
const scale = 60;

async function verified(deployment: Deployment): Promise<number> {
  const counts = await Promise.all(
    deployment.replicas.map((each) => each.metric('auth_hash_duration_seconds_count')),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Sends wrong passwords from all addresses in turn. @returns the number of answers by status */
async function guess(deployment: Deployment, email: string, end: number): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (let n = 0; performance.now() < end; n += 1) {
    const headers = { 'X-Forwarded-For': `198.18.0.${n % addresses}` };
    const body = { email, password: `guess-Numb3r-${n}` };
    const { status } = await ask(
      deployment.urls[n % deployment.urls.length] ?? '',
      'POST /api/v1/auth/login',
      {
        body,
        headers,
      },
    );
    statuses[status] = (statuses[status] ?? 0) + 1;
    await sleep(20);
  }
  return statuses;
}

export const guessing: Scenario = {
  name: 'guessing',
  claim: `From ${addresses} addresses at most ${mostGuesses} guesses an hour reach argon2, and the owner can still log in`,
  async run(context) {
    const env = { RATE_LIMIT: 'on', RATE_LIMIT_SCALE: String(scale), TRUSTED_PROXIES: '127.0.0.1' };
    const deployment = await startDeployment(context, { replicas: 2, env });
    const { report } = context;
    const [url = ''] = deployment.urls;
    const at = { headers: { 'X-Forwarded-For': '203.0.113.7' } };
    const owner = await logIn(url, await register(url, at), at);
    const before = await verified(deployment);
    const end = performance.now() + (context.quick ? 15_000 : 3_600_000 / scale);
    let logins = 0;
    let attempts = 0;
    const logInRegularly = async (): Promise<void> => {
      // The budget of a device is ten failed attempts per hour. The owner knows the password.
      while (performance.now() + 4_000 < end) {
        await sleep(4_000);
        const { email, password, device } = owner;
        const body = { email, password, device_token: device };
        attempts += 1;
        const { status } = await ask(url, 'POST /api/v1/auth/login', { body, ...at });
        if (status === 200) logins += 1;
      }
    };
    const [statuses] = await Promise.all([guess(deployment, owner.email, end), logInRegularly()]);
    const guesses = (await verified(deployment)) - before - logins;
    report.figure('answers to guesses', JSON.stringify(statuses));
    report.check(`at most ${mostGuesses} guesses reach argon2`, guesses <= mostGuesses, String(guesses));
    report.check(
      'the known device of the owner can log in each time',
      logins === attempts && logins > 0,
      `${logins} of ${attempts}`,
    );
    const stranger = {
      body: { email: owner.email, password: owner.password },
      headers: { 'X-Forwarded-For': '203.0.113.99' },
    };
    const { status } = await ask(url, 'POST /api/v1/auth/login', stranger);
    report.figure('the right password from an unknown device, right after', status);
    const [, second = ''] = deployment.urls;
    const other = await register(second, at);
    const spent: number[] = [];
    for (let n = 0; n < 14; n += 1) {
      const body = { email: other.email, password: 'not-Th1s-one', device_token: owner.device };
      spent.push(
        (
          await ask(second, 'POST /api/v1/auth/login', {
            body,
            headers: { 'X-Forwarded-For': `198.19.0.${n}` },
          })
        ).status,
      );
    }
    report.check("a device token opens no other account's budget", spent.includes(429), spent.join(' '));
  },
};
