import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from '../harness/client.ts';
import { startDeployment } from '../harness/deployment.ts';
import { probeOfCharts, startEndpointController } from '../harness/endpoints.ts';
import { startNginx } from '../harness/nginx.ts';
import { waitFor } from '../harness/process.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { startTcpProxy } from '../harness/tcp-proxy.ts';
import { logInNewUsers } from '../harness/users.ts';
import { startLoad } from '../load/load.ts';
import type { Stream } from '../load/plan.ts';
import { exemplify } from '../load/result.ts';
import { checkWholeOutage, lostIn, reportPhase, type Setting } from './degraded-mode.ts';
import { causeOutage } from './outage-load.ts';

const replicaCount = 3;

async function start(context: ScenarioContext, requiresPostgres: 'on' | 'off'): Promise<Setting> {
  const env = { READINESS_REQUIRES_POSTGRES: requiresPostgres, TRUSTED_PROXIES: '127.0.0.1' };
  const deployment = await startDeployment(context, { replicas: replicaCount - 1, env });
  const { postgres, replicas, urls } = deployment;
  const proxy = await startTcpProxy(postgres.port, context.cleanup);
  const url = postgres.url.replace(`:${postgres.port}/`, `:${proxy.port}/`);
  const last = await deployment.start(`replica-${replicaCount}`, { env: { DB_PRIMARY_DB_URL: url } });
  replicas.push(last);
  urls.push(last.url);
  const nginx = await startNginx(context.folder, urls, context.cleanup);
  const controller = startEndpointController({ replicas, nginx, cleanup: context.cleanup });
  return { deployment, nginx, controller, proxy };
}

/** Checks each token once, and waits until Redis has a copy of the state of each session. */
async function copyStates({ deployment: { redis }, nginx }: Setting, tokens: readonly string[]) {
  const count = async (): Promise<number> => (await redis.client.keys('*signed-state:*')).length;
  const before = await count();
  for (const token of tokens) {
    const { error, status } = await ask(nginx.url, 'GET /api/v1/auth/verify', { token });
    if (status !== 204) throw new Error(`a token check before the outage answered ${error ?? status}`);
  }
  await waitFor('the copies of the states', async () => (await count()) >= before + tokens.length);
}

/** Milliseconds of a token check on a machine that has time for the load. */
const inTime = 2_000;

/**
 * Waits until the load is served in time for some seconds. A machine that others keep too busy for the load would lose requests
 * without an outage. There the scenario fails with this reason instead of blaming the service.
 */
async function waitForCapacity({ nginx }: Setting, token: string): Promise<void> {
  let inARow = 0;
  const isServed = async (): Promise<boolean> => {
    const { ms, status } = await ask(nginx.url, 'GET /api/v1/auth/verify', { token });
    inARow = status === 204 && ms < inTime ? inARow + 1 : 0;
    return inARow >= 30;
  };
  await waitFor(`token checks within ${inTime} ms before the outage`, isServed, 180_000, 100);
}

async function startClients(context: ScenarioContext, setting: Setting, seconds: number) {
  const { nginx } = setting;
  const users = await logInNewUsers(nginx.url, 16);
  // A refresh without an answer may end its session, whose access token must then be refused.
  const checked = users.splice(0, 10).map(({ access }) => access);
  await copyStates(setting, checked);
  const stream = (kind: Stream['kind'], rate: number, more: Partial<Stream> = {}): Stream => ({
    // A new connection for each request: nginx closes kept connections when it reloads, which is no failure of a replica.
    ...{ name: kind, kind, rate, clients: 400, bases: [nginx.url], keepAlive: false },
    ...more,
  });
  const streams = [
    stream('verify', 20, { tokens: checked }),
    stream('jwks', 3),
    stream('me', 3, { tokens: checked }),
    stream('login', 2, { users }),
    stream('refresh', 2, { tokens: users.map(({ refresh }) => refresh) }),
    stream('register', 1),
  ];
  const load = await startLoad(streams, seconds, context.cleanup);
  return { load, whenServed: () => waitForCapacity(setting, checked[0] ?? '') };
}

/** Seconds until a kubelet removes a pod, and some more. */
function removalSeconds(): number {
  const { failureThreshold, periodSeconds } = probeOfCharts();
  return failureThreshold * periodSeconds + periodSeconds;
}

async function runOutages(context: ScenarioContext, setting: Setting, seconds: number): Promise<void> {
  const { postgres } = setting.deployment;
  const times = { duration: seconds * 1_000, after: 8_000 };
  const { load, whenServed } = await startClients(context, setting, 900);
  await whenServed();
  const killed = await causeOutage('Postgres killed', postgres.kill, postgres.start, times);
  await whenServed();
  const frozen = await causeOutage('Postgres frozen', postgres.freeze, postgres.thaw, times);
  const phases = [killed, frozen];
  const result = await load.stop();
  for (const phase of phases) {
    reportPhase(context, setting, result, phase);
    checkWholeOutage(context, setting, result, phase);
  }
}

/** One replica alone loses Postgres: it leaves, because the others can do more, and comes back. */
async function runCutOff(context: ScenarioContext, setting: Setting): Promise<void> {
  const { report } = context;
  const { controller, deployment, proxy } = setting;
  const url = deployment.urls.at(-1) ?? '';
  const { load, whenServed } = await startClients(context, setting, 600);
  await whenServed();
  // Its patience of 15 s, the deadline of a check, and the probes.
  const leaves = (15 + 5 + removalSeconds()) * 1_000;
  const cut = async (): Promise<void> => proxy.cut();
  const phase = await causeOutage('one replica cut off', cut, async () => proxy.restore(), {
    ...{ duration: leaves + 15_000, after: 12_000 },
  });
  const result = await load.stop();
  reportPhase(context, setting, result, phase);
  const lost = lostIn(result, phase);
  report.check(
    'one replica cut off: no token check and no public key is lost',
    lost.length === 0,
    exemplify(lost),
  );
  const left = controller.changes.find(({ at, endpoints }) => at > phase.began && !endpoints.includes(url));
  const after = left ? Math.round((left.at - phase.began) / 1_000) : Number.POSITIVE_INFINITY;
  report.check('one replica cut off: it leaves the endpoints', after * 1_000 <= leaves, `after ${after} s`);
  const [from, until] = [phase.began + leaves + 1_000, phase.returned];
  const logins = result.of('login').filter(({ due }) => due >= from && due < until);
  const failed = logins.filter(({ status }) => status !== 200);
  report.check(
    'one replica cut off: every login is served afterwards',
    logins.length > 0 && failed.length === 0,
    `${logins.length - failed.length} of ${logins.length}`,
  );
  const last = controller.changes.at(-1)?.endpoints.length;
  report.check('one replica cut off: it comes back', last === replicaCount, `${last} endpoints`);
}

/** The same outage with a readiness that requires Postgres, which the scenario must be able to tell apart. */
async function runWithRequirement(context: ScenarioContext, seconds: number): Promise<void> {
  const setting = await start(context, 'on');
  const { postgres } = setting.deployment;
  const { load, whenServed } = await startClients(context, setting, 600);
  await whenServed();
  const phase = await causeOutage('READINESS_REQUIRES_POSTGRES=on', postgres.kill, postgres.start, {
    ...{ duration: seconds * 1_000, after: 12_000 },
  });
  const result = await load.stop();
  reportPhase(context, setting, result, phase);
  const lost = lostIn(result, phase);
  context.report.check(
    'READINESS_REQUIRES_POSTGRES=on: all replicas leave, and token checks are lost',
    setting.controller.fewest(phase.began, phase.ended) === 0 && lost.length > 0,
    exemplify(lost),
  );
}

export const postgresOutageEndpoints: Scenario = {
  name: 'postgres-outage-endpoints',
  claim:
    'Three replicas behind endpoints that follow readiness lose no token check while Postgres is unavailable',
  async run(context) {
    const seconds = context.quick ? removalSeconds() + 5 : (context.seconds ?? 45);
    const setting = await start(context, 'off');
    await runOutages(context, setting, seconds);
    await runCutOff(context, setting);
    setting.controller.stop();
    for (const replica of setting.deployment.replicas) await replica.process.stop();
    const folder = join(context.folder, 'required');
    mkdirSync(folder);
    await runWithRequirement({ ...context, folder }, seconds);
  },
};
