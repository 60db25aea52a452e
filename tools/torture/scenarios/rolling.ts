import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, startDeployment } from '../harness/deployment.ts';
import { startNginx } from '../harness/nginx.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { logInNewUsers } from '../harness/users.ts';
import { startLoad } from '../load/load.ts';
import type { Stream } from '../load/plan.ts';
import { describe, exemplify, type LoadResult } from '../load/result.ts';

/** Milliseconds until the proxy stops routing to a terminating pod. DRAIN_DELAY is longer. */
const propagation = 1_500;
const drainDelay = '4s';

/** Replaces one replica as Kubernetes does: the signal and the removal of the endpoint come at the same time. */
async function restart(
  context: ScenarioContext,
  deployment: Deployment,
  index: number,
  route: (urls: string[]) => void,
): Promise<void> {
  const old = deployment.replicas[index];
  if (!old) return;
  const others = deployment.urls.filter((url) => url !== old.url);
  const start = performance.now();
  old.process.signal('SIGTERM');
  await sleep(propagation);
  route(others);
  const status = await old.process.stop('SIGTERM', 30_000);
  context.report.check(
    `replica ${index + 1} ends with status 0`,
    status === 0,
    `${status} after ${Math.round(performance.now() - start)} ms`,
  );
  deployment.replicas[index] = await deployment.start(`replica-${index + 1}-again`, {
    port: Number(new URL(old.url).port),
  });
  route(deployment.urls);
}

function checkResult(context: ScenarioContext, result: LoadResult, atLeast: number): void {
  const { report } = context;
  const expected: Record<string, string> = {
    me: '200',
    verify: '204',
    login: '200',
    register: '201',
    refresh: '200',
  };
  let failures = 0;
  for (const [name, status] of Object.entries(expected)) {
    report.figure(name, describe(result.outcomes(name)));
    const odd = result.others(name, [status]);
    failures += odd.length;
    if (odd.length > 0) report.figure(`failed ${name}`, exemplify(odd));
  }
  report.check('no request fails', failures === 0, `${failures} of ${result.of().length}`);
  report.check(`at least ${atLeast} requests`, result.of().length >= atLeast, String(result.of().length));
}

export const rolling: Scenario = {
  name: 'rolling',
  claim: 'Three replicas behind nginx are restarted one after the other, and no request fails',
  async run(context) {
    const deployment = await startDeployment(context, {
      replicas: 3,
      env: { DRAIN_DELAY: drainDelay, TRUSTED_PROXIES: '127.0.0.1' },
    });
    const nginx = await startNginx(context.folder, deployment.urls, context.cleanup);
    const users = await logInNewUsers(nginx.url, 40);
    const atLeast = context.quick ? 2_000 : 20_000;
    const pace = context.quick ? 0.4 : 1;
    // A new connection per request: nginx closes kept connections in a reload, which is no failure of the service.
    const stream = (
      name: string,
      kind: Stream['kind'],
      rate: number,
      more: Partial<Stream> = {},
    ): Stream => ({
      ...{ name, kind, rate: rate * pace, clients: 200, bases: [nginx.url], keepAlive: false },
      ...more,
    });
    const tokens = users.map(({ access }) => access);
    const streams = [
      stream('me', 'me', 250, { tokens }),
      stream('verify', 'verify', 200, { tokens }),
      stream('login', 'login', 5, { users }),
      stream('register', 'register', 3),
      stream('refresh', 'refresh', 12, { tokens: users.map(({ refresh }) => refresh) }),
    ];
    const start = performance.now();
    const load = await startLoad(streams, 600, context.cleanup);
    await sleep(2_000);
    for (const index of deployment.replicas.keys()) {
      await restart(context, deployment, index, nginx.route);
      await sleep(2_000);
    }
    // Until the load has sent the wanted number of requests.
    const needed = (atLeast / (470 * pace)) * 1_050;
    await sleep(Math.max(0, needed - (performance.now() - start)));
    checkResult(context, await load.stop(), atLeast);
  },
};
