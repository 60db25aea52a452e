import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Reply } from '../harness/client.ts';
import { logIn, register } from '../harness/people.ts';
import { type Bench, openWorld, type Scenario, type World } from '../harness/world.ts';

const parallel = 50;
/** The service's grace for lost answers, milliseconds. */
const grace = 10_000;

const refresh = (url: string, token: string): Promise<Reply> =>
  ask(url, 'POST /api/v1/auth/refresh', { body: { refresh_token: token } });

async function session(world: World) {
  const [url = ''] = world.urls;
  return logIn(url, await register(url));
}

async function liveSessions(url: string, access: string): Promise<number> {
  const { body } = await ask(url, 'GET /api/v1/users/me/sessions', { token: access });
  return Array.isArray(body?.data) ? body.data.length : -1;
}

/** What the race left: how many were refused, how many different successors there are, and who is logged in. */
async function race(world: World) {
  const { refresh: token } = await session(world);
  const asked = Array.from({ length: parallel }, (_, n) =>
    refresh(world.urls[n % world.urls.length] ?? '', token),
  );
  const replies = await Promise.all(asked);
  const served = replies.filter(({ status }) => status === 200);
  const successors = new Set(served.map(({ body }) => body.data.refresh_token));
  const [successor = ''] = successors;
  const next = await refresh(world.urls[1] ?? '', successor);
  return {
    refused: replies.length - served.length,
    successors: successors.size,
    goesOn: next.status === 200,
    sessions: next.status === 200 ? await liveSessions(world.urls[0] ?? '', next.body.data.access_token) : 0,
  };
}

async function checkRaces(bench: Bench, world: World): Promise<void> {
  const rounds = bench.quick ? 5 : 40;
  const totals = { refused: 0, forked: 0, ended: 0, sessions: 0 };
  for (let n = 0; n < rounds; n += 1) {
    const { refused, successors, goesOn, sessions } = await race(world);
    totals.refused += refused;
    if (successors !== 1) totals.forked += 1;
    if (!goesOn) totals.ended += 1;
    if (sessions !== 1) totals.sessions += 1;
  }
  const { report } = bench;
  report.figure('races', `${rounds} of ${parallel} refreshes on ${world.urls.length} replicas`);
  report.check('all are answered', totals.refused === 0, `${totals.refused} refused`);
  report.check('with one and the same successor', totals.forked === 0, `${totals.forked} races forked`);
  report.check('which is good for the next refresh', totals.ended === 0, `${totals.ended} logged out`);
  report.check('one session lives', totals.sessions === 0);
}

async function outcomes(world: World, cause: string): Promise<number> {
  const counts = await Promise.all(
    world.replicas.map((replica) => replica.metric('auth_refreshes_total', { cause })),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function checkTheft(bench: Bench, world: World, cause: 'reuse_old' | 'reuse_late'): Promise<void> {
  const [first = '', second = ''] = world.urls;
  const { refresh: stolen } = await session(world);
  const before = await outcomes(world, cause);
  let { body } = await refresh(first, stolen);
  if (cause === 'reuse_old') ({ body } = await refresh(second, body.data.refresh_token));
  else await sleep(grace + 500);
  const thief = await refresh(second, stolen);
  const owner = await refresh(first, body.data.refresh_token);
  const access = await ask(second, 'GET /api/v1/auth/verify', { token: body.data.access_token });
  const ended = thief.status === 401 && owner.status === 401 && access.status === 401;
  const { report } = bench;
  report.check(
    `${cause}: ends the session`,
    ended,
    `${thief.status}, owner ${owner.status}, access ${access.status}`,
  );
  report.check(`${cause}: is counted with its cause`, (await outcomes(world, cause)) === before + 1);
}

async function checkLostAnswer(bench: Bench, world: World): Promise<void> {
  const [first = '', second = ''] = world.urls;
  const { refresh: token } = await session(world);
  const lost = await refresh(first, token);
  await sleep(1_000);
  const retried = await refresh(second, token);
  const same = retried.status === 200 && retried.body.data.refresh_token === lost.body.data.refresh_token;
  bench.report.check('a lost answer can be had again from another replica', same, String(retried.status));
}

export const refreshRace: Scenario = {
  name: 'refresh-race',
  claim: '50 parallel refreshes with one token log nobody out; a stolen old token ends the session',
  async run(bench) {
    const world = await openWorld(bench, { replicas: 2 });
    await checkRaces(bench, world);
    await checkLostAnswer(bench, world);
    await checkTheft(bench, world, 'reuse_old');
    if (!bench.quick) await checkTheft(bench, world, 'reuse_late');
  },
};
