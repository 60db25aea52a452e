import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../harness/client.ts';
import { type Deployment, startDeployment } from '../harness/deployment.ts';
import { waitFor } from '../harness/process.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { type LoggedInUser, logIn, logOut, newUserFields, register } from '../harness/users.ts';
import { causeOutage, checkOutage, startMixedLoad } from './outage-load.ts';

/** Failed logins per minute and address with Redis. Without Redis, replicas allow fewer. */
const loginBudget = 60;

async function checkLimits(context: ScenarioContext, deployment: Deployment): Promise<void> {
  const [base = ''] = deployment.urls;
  const from = { headers: { 'X-Forwarded-For': '192.0.2.1' } };
  let granted = 0;
  const statuses = new Set<number>();
  for (let n = 0; n <= loginBudget; n += 1) {
    const { email, password } = newUserFields();
    const { status } = await ask(base, 'POST /api/v1/auth/login', { ...from, body: { email, password } });
    statuses.add(status);
    if (status !== 429) granted += 1;
  }
  const stricter = granted < loginBudget && statuses.has(429);
  context.report.check(
    'without Redis: limits apply, and are stricter',
    stricter,
    `${granted} of ${loginBudget + 1} attempts, statuses ${[...statuses]}`,
  );
}

async function isRejectedBy(url: string, user: LoggedInUser): Promise<boolean> {
  const { status } = await ask(url, 'GET /api/v1/auth/verify', { token: user.access });
  return status === 401 || status === 503;
}

/** Logs in on the first replica and uses the token on every other, so that each caches the state of the session. */
async function createCachedSession(deployment: Deployment, address: string): Promise<LoggedInUser> {
  const [base = ''] = deployment.urls;
  const from = { headers: { 'X-Forwarded-For': address } };
  const user = await logIn(base, await register(base, from), from);
  for (const url of deployment.urls) await ask(url, 'GET /api/v1/auth/verify', { token: user.access });
  return user;
}

async function checkRevocation(
  context: ScenarioContext,
  deployment: Deployment,
  when: string,
): Promise<void> {
  const [first = '', second = ''] = deployment.urls;
  const user = await createCachedSession(deployment, '192.0.2.2');
  await logOut(first, user);
  const start = performance.now();
  const atOnce = await isRejectedBy(first, user);
  await waitFor('the revocation', () => isRejectedBy(second, user), 3_000, 10).catch(() => undefined);
  const ms = Math.round(performance.now() - start);
  context.report.check(
    `${when}: a logout takes effect here at once, and within a second elsewhere`,
    atOnce && ms <= 1_100,
    `${ms} ms`,
  );
}

/** Sends commands that stay without an answer, so that the service has no connection at the time of the logout. */
async function loseConnections(deployment: Deployment): Promise<void> {
  const body = { refresh_token: 'none' };
  for (let n = 0; n < 10; n += 1) {
    await Promise.all(deployment.urls.map((url) => ask(url, 'POST /api/v1/auth/refresh', { body })));
    await sleep(150);
  }
}

/** The worst case: Redis does not receive the logout, and then Postgres is unavailable. */
async function checkLogoutDuringBothOutages(context: ScenarioContext, deployment: Deployment): Promise<void> {
  const { redis, postgres } = deployment;
  const [user, other] = [
    await createCachedSession(deployment, '192.0.2.3'),
    await createCachedSession(deployment, '192.0.2.4'),
  ];
  await redis.freeze();
  await loseConnections(deployment);
  await logOut(deployment.urls[0] ?? '', user);
  await redis.thaw();
  await sleep(2_000);
  await postgres.kill();
  const alive = { user: 0, other: 0 };
  for (let n = 0; n < 20; n += 1) {
    for (const url of deployment.urls) {
      if (!(await isRejectedBy(url, user))) alive.user += 1;
      if (!(await isRejectedBy(url, other))) alive.other += 1;
    }
    await sleep(100);
  }
  await postgres.start();
  context.report.check(
    'a logout while Redis is frozen stays in effect during the next outage of Postgres',
    alive.user === 0 && alive.other > 0,
    `alive ${alive.user} of 40 times, ${alive.other} of a session that is active`,
  );
}

async function checkReadiness(context: ScenarioContext, deployment: Deployment): Promise<void> {
  const start = performance.now();
  const isUp = async (url: string): Promise<boolean> =>
    (await ask(url, 'GET /api/v1/health/ready')).body?.checks?.redis === 'up';
  await waitFor(
    'Redis in use again',
    async () => (await Promise.all(deployment.urls.map(isUp))).every(Boolean),
    5_000,
  ).catch(() => undefined);
  const ms = Math.round(performance.now() - start);
  context.report.check('every replica is on Redis again within 2 s', ms <= 2_000, `${ms} ms`);
}

export const redisOutage: Scenario = {
  name: 'redis-outage',
  claim: 'Without Redis, rate limits are stricter and revocation reads Postgres; nothing else changes',
  async run(context) {
    const deployment = await startDeployment(context, {
      replicas: 2,
      env: { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' },
    });
    const away = (context.quick ? 4 : (context.seconds ?? 8)) * 1_000;
    const { load } = await startMixedLoad(context, deployment, 120);
    await sleep(3_000);
    const { redis } = deployment;
    const during = (when: string) => async (): Promise<void> => {
      await sleep(1_000);
      await checkRevocation(context, deployment, when);
    };
    const back = (start: () => Promise<void>) => async (): Promise<void> => {
      await start();
      await checkReadiness(context, deployment);
    };
    const phases = [
      await causeOutage('killed', redis.kill, back(redis.start), {
        ...{ duration: away, after: 3_000 },
        meanwhile: async () => {
          await during('Redis killed')();
          await checkLimits(context, deployment);
        },
      }),
      await causeOutage('frozen', redis.freeze, back(redis.thaw), {
        duration: away,
        after: 3_000,
        meanwhile: during('Redis frozen'),
      }),
    ];
    await checkRevocation(context, deployment, 'Redis back');
    checkOutage(context, await load.stop(), phases);
    await checkLogoutDuringBothOutages(context, deployment);
  },
};
