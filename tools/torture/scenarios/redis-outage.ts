import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../harness/client.ts';
import { logIn, logOut, type Member, newPerson, register } from '../harness/people.ts';
import { waitFor } from '../harness/process.ts';
import { type Bench, openWorld, type Scenario, type World } from '../harness/world.ts';
import { checkOutage, startMixedLoad, suffer } from './outage-load.ts';

/** Failed logins that one address may spend in a minute while Redis counts; without it replicas grant less. */
const loginBudget = 60;

async function checkLimits(bench: Bench, world: World): Promise<void> {
  const [base = ''] = world.urls;
  const from = { headers: { 'X-Forwarded-For': '192.0.2.1' } };
  let granted = 0;
  const statuses = new Set<number>();
  for (let n = 0; n <= loginBudget; n += 1) {
    const { email, password } = newPerson();
    const { status } = await ask(base, 'POST /api/v1/auth/login', { ...from, body: { email, password } });
    statuses.add(status);
    if (status !== 429) granted += 1;
  }
  const stricter = granted < loginBudget && statuses.has(429);
  bench.report.check(
    'Redis away: limits hold, and are stricter',
    stricter,
    `${granted} of ${loginBudget + 1} attempts, statuses ${[...statuses]}`,
  );
}

async function isDeadOn(url: string, member: Member): Promise<boolean> {
  const { status } = await ask(url, 'GET /api/v1/auth/verify', { token: member.access });
  return status === 401 || status === 503;
}

/** Logged in on the first replica and seen by every other, so that each holds a copy of the session's state. */
async function seenEverywhere(world: World, address: string): Promise<Member> {
  const [base = ''] = world.urls;
  const from = { headers: { 'X-Forwarded-For': address } };
  const member = await logIn(base, await register(base, from), from);
  for (const url of world.urls) await ask(url, 'GET /api/v1/auth/verify', { token: member.access });
  return member;
}

async function checkRevocation(bench: Bench, world: World, when: string): Promise<void> {
  const [first = '', second = ''] = world.urls;
  const member = await seenEverywhere(world, '192.0.2.2');
  await logOut(first, member);
  const start = performance.now();
  const atOnce = await isDeadOn(first, member);
  await waitFor('the revocation', () => isDeadOn(second, member), 3_000, 10).catch(() => undefined);
  const ms = Math.round(performance.now() - start);
  bench.report.check(
    `${when}: a logout counts at once here, and within a second elsewhere`,
    atOnce && ms <= 1_100,
    `${ms} ms`,
  );
}

/** Commands without an answer, so that the service gives its connections up and has none when the logout comes. */
async function loseConnections(world: World): Promise<void> {
  const body = { refresh_token: 'none' };
  for (let n = 0; n < 10; n += 1) {
    await Promise.all(world.urls.map((url) => ask(url, 'POST /api/v1/auth/refresh', { body })));
    await sleep(150);
  }
}

/** The worst order of events: the logout cannot be told to Redis, and then Postgres cannot be asked. */
async function checkForgottenLogout(bench: Bench, world: World): Promise<void> {
  const { redis, postgres } = world;
  const [member, stays] = [
    await seenEverywhere(world, '192.0.2.3'),
    await seenEverywhere(world, '192.0.2.4'),
  ];
  await redis.freeze();
  await loseConnections(world);
  await logOut(world.urls[0] ?? '', member);
  await redis.thaw();
  await sleep(2_000);
  await postgres.kill();
  const alive = { member: 0, stays: 0 };
  for (let n = 0; n < 20; n += 1) {
    for (const url of world.urls) {
      if (!(await isDeadOn(url, member))) alive.member += 1;
      if (!(await isDeadOn(url, stays))) alive.stays += 1;
    }
    await sleep(100);
  }
  await postgres.start();
  bench.report.check(
    'a logout while Redis was frozen still counts when Postgres goes next',
    alive.member === 0 && alive.stays > 0,
    `alive ${alive.member} of 40 times, ${alive.stays} of a session that did not end`,
  );
}

async function checkReadiness(bench: Bench, world: World): Promise<void> {
  const start = performance.now();
  const isUp = async (url: string): Promise<boolean> =>
    (await ask(url, 'GET /api/v1/health/ready')).body?.checks?.redis === 'up';
  await waitFor(
    'Redis in use again',
    async () => (await Promise.all(world.urls.map(isUp))).every(Boolean),
    5_000,
  ).catch(() => undefined);
  const ms = Math.round(performance.now() - start);
  bench.report.check('every replica is on Redis again within 2 s', ms <= 2_000, `${ms} ms`);
}

export const redisOutage: Scenario = {
  name: 'redis-outage',
  claim: 'Redis killed or frozen is hardly noticed: limits get stricter, revocation asks Postgres',
  async run(bench) {
    const world = await openWorld(bench, {
      replicas: 2,
      env: { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' },
    });
    const away = (bench.quick ? 4 : (bench.seconds ?? 8)) * 1_000;
    const { load } = await startMixedLoad(bench, world, 120);
    await sleep(3_000);
    const { redis } = world;
    const during = (when: string) => async (): Promise<void> => {
      await sleep(1_000);
      await checkRevocation(bench, world, when);
    };
    const back = (start: () => Promise<void>) => async (): Promise<void> => {
      await start();
      await checkReadiness(bench, world);
    };
    const phases = [
      await suffer('killed', redis.kill, back(redis.start), {
        ...{ away, after: 3_000 },
        meanwhile: async () => {
          await during('Redis killed')();
          await checkLimits(bench, world);
        },
      }),
      await suffer('frozen', redis.freeze, back(redis.thaw), {
        away,
        after: 3_000,
        meanwhile: during('Redis frozen'),
      }),
    ];
    await checkRevocation(bench, world, 'Redis back');
    checkOutage(bench, await load.stop(), phases);
    await checkForgottenLogout(bench, world);
  },
};
