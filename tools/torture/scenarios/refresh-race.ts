import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Reply } from '../harness/client.ts';
import { type Deployment, startDeployment } from '../harness/deployment.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { logIn, register } from '../harness/users.ts';

const parallel = 50;
/** The grace period for lost answers in milliseconds. */
const grace = 10_000;

const refresh = (url: string, token: string): Promise<Reply> =>
  ask(url, 'POST /api/v1/auth/refresh', { body: { refresh_token: token } });

async function session(deployment: Deployment) {
  const [url = ''] = deployment.urls;
  return logIn(url, await register(url));
}

async function liveSessions(url: string, access: string): Promise<number> {
  const { body } = await ask(url, 'GET /api/v1/users/me/sessions', { token: access });
  return Array.isArray(body?.data) ? body.data.length : -1;
}

/** The result of the races: refused refreshes, different successors, and ended sessions. */
async function race(deployment: Deployment) {
  const { refresh: token } = await session(deployment);
  const asked = Array.from({ length: parallel }, (_, n) =>
    refresh(deployment.urls[n % deployment.urls.length] ?? '', token),
  );
  const replies = await Promise.all(asked);
  const served = replies.filter(({ status }) => status === 200);
  const successors = new Set(served.map(({ body }) => body.data.refresh_token));
  const [successor = ''] = successors;
  const next = await refresh(deployment.urls[1] ?? '', successor);
  return {
    refused: replies.length - served.length,
    successors: successors.size,
    goesOn: next.status === 200,
    sessions:
      next.status === 200 ? await liveSessions(deployment.urls[0] ?? '', next.body.data.access_token) : 0,
  };
}

async function checkRaces(context: ScenarioContext, deployment: Deployment): Promise<void> {
  const rounds = context.quick ? 5 : 40;
  const totals = { refused: 0, forked: 0, ended: 0, sessions: 0 };
  for (let n = 0; n < rounds; n += 1) {
    const { refused, successors, goesOn, sessions } = await race(deployment);
    totals.refused += refused;
    if (successors !== 1) totals.forked += 1;
    if (!goesOn) totals.ended += 1;
    if (sessions !== 1) totals.sessions += 1;
  }
  const { report } = context;
  report.figure('races', `${rounds} of ${parallel} refreshes on ${deployment.urls.length} replicas`);
  report.check('all are answered', totals.refused === 0, `${totals.refused} refused`);
  report.check(
    'all parallel refreshes get the same successor',
    totals.forked === 0,
    `${totals.forked} races forked`,
  );
  report.check('the successor works for the next refresh', totals.ended === 0, `${totals.ended} logged out`);
  report.check('one session lives', totals.sessions === 0);
}

async function outcomes(deployment: Deployment, cause: string): Promise<number> {
  const counts = await Promise.all(
    deployment.replicas.map((replica) => replica.metric('auth_refreshes_total', { cause })),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function checkTheft(
  context: ScenarioContext,
  deployment: Deployment,
  cause: 'reuse_old' | 'reuse_late',
): Promise<void> {
  const [first = '', second = ''] = deployment.urls;
  const { refresh: stolen } = await session(deployment);
  const before = await outcomes(deployment, cause);
  let { body } = await refresh(first, stolen);
  if (cause === 'reuse_old') ({ body } = await refresh(second, body.data.refresh_token));
  else await sleep(grace + 500);
  const thief = await refresh(second, stolen);
  const owner = await refresh(first, body.data.refresh_token);
  const access = await ask(second, 'GET /api/v1/auth/verify', { token: body.data.access_token });
  const ended = thief.status === 401 && owner.status === 401 && access.status === 401;
  const { report } = context;
  report.check(
    `${cause}: ends the session`,
    ended,
    `${thief.status}, owner ${owner.status}, access ${access.status}`,
  );
  report.check(`${cause}: is counted with its cause`, (await outcomes(deployment, cause)) === before + 1);
}

async function checkLostAnswer(context: ScenarioContext, deployment: Deployment): Promise<void> {
  const [first = '', second = ''] = deployment.urls;
  const { refresh: token } = await session(deployment);
  const lost = await refresh(first, token);
  await sleep(1_000);
  const retried = await refresh(second, token);
  const same = retried.status === 200 && retried.body.data.refresh_token === lost.body.data.refresh_token;
  context.report.check('another replica repeats a lost answer', same, String(retried.status));
}

export const refreshRace: Scenario = {
  name: 'refresh-race',
  claim: '50 parallel refreshes with one token log nobody out; a stolen old token ends the session',
  async run(context) {
    const deployment = await startDeployment(context, { replicas: 2 });
    await checkRaces(context, deployment);
    await checkLostAnswer(context, deployment);
    await checkTheft(context, deployment, 'reuse_old');
    if (!context.quick) await checkTheft(context, deployment, 'reuse_late');
  },
};
