import { setTimeout as sleep } from 'node:timers/promises';
import { startNginx } from '../harness/nginx.ts';
import { members } from '../harness/people.ts';
import { type Bench, openWorld, type Scenario, type World } from '../harness/world.ts';
import { startLoad } from '../load/load.ts';
import type { Stream } from '../load/plan.ts';
import { describe, exemplify, type LoadResult } from '../load/result.ts';

/** How long the news of a terminating pod takes to reach the proxy, milliseconds; DRAIN_DELAY covers it. */
const propagation = 1_500;
const drainDelay = '4s';

/** One replica as Kubernetes replaces it: told to stop at the moment in which its endpoint is withdrawn. */
async function restart(
  bench: Bench,
  world: World,
  index: number,
  route: (urls: string[]) => void,
): Promise<void> {
  const old = world.replicas[index];
  if (!old) return;
  const others = world.urls.filter((url) => url !== old.url);
  const start = performance.now();
  old.process.signal('SIGTERM');
  await sleep(propagation);
  route(others);
  const status = await old.process.stop('SIGTERM', 30_000);
  bench.report.check(
    `replica ${index + 1} ends with status 0`,
    status === 0,
    `${status} after ${Math.round(performance.now() - start)} ms`,
  );
  world.replicas[index] = await world.start(`replica-${index + 1}-again`, {
    port: Number(new URL(old.url).port),
  });
  route(world.urls);
}

function checkResult(bench: Bench, result: LoadResult, atLeast: number): void {
  const { report } = bench;
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
  report.check('not one request fails', failures === 0, `${failures} of ${result.of().length}`);
  report.check(`at least ${atLeast} requests`, result.of().length >= atLeast, String(result.of().length));
}

export const rolling: Scenario = {
  name: 'rolling',
  claim: 'Three replicas behind nginx are restarted one after the other, and not one request fails',
  async run(bench) {
    const world = await openWorld(bench, {
      replicas: 3,
      env: { DRAIN_DELAY: drainDelay, TRUSTED_PROXIES: '127.0.0.1' },
    });
    const nginx = await startNginx(bench.folder, world.urls, bench.cleanup);
    const people = await members(nginx.url, 40);
    const atLeast = bench.quick ? 2_000 : 20_000;
    const pace = bench.quick ? 0.4 : 1;
    // A client's connection that nginx closes in a reload would be its failure, not the service's.
    const stream = (
      name: string,
      kind: Stream['kind'],
      rate: number,
      more: Partial<Stream> = {},
    ): Stream => ({
      ...{ name, kind, rate: rate * pace, clients: 200, bases: [nginx.url], keepAlive: false },
      ...more,
    });
    const tokens = people.map(({ access }) => access);
    const streams = [
      stream('me', 'me', 250, { tokens }),
      stream('verify', 'verify', 200, { tokens }),
      stream('login', 'login', 5, { people }),
      stream('register', 'register', 3),
      stream('refresh', 'refresh', 12, { tokens: people.map(({ refresh }) => refresh) }),
    ];
    const start = performance.now();
    const load = await startLoad(streams, 600, bench.cleanup);
    await sleep(2_000);
    for (const index of world.replicas.keys()) {
      await restart(bench, world, index, nginx.route);
      await sleep(2_000);
    }
    // As long as the count demands, at the pace set.
    const needed = (atLeast / (470 * pace)) * 1_050;
    await sleep(Math.max(0, needed - (performance.now() - start)));
    checkResult(bench, await load.stop(), atLeast);
  },
};
