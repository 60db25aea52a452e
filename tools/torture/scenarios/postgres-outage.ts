import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../harness/process.ts';
import { percentile, round } from '../harness/statistics.ts';
import type { Bench } from '../harness/world.ts';
import { openWorld, type Scenario, type World } from '../harness/world.ts';
import type { LoadResult } from '../load/result.ts';
import { checkOutage, type Phase, samplesDuring, startMixedLoad, suffer } from './outage-load.ts';

/** DB_TIMEOUT of the service, and what a busy machine may add. */
const deadline = 3_000;
const slack = 500;
const poolMax = 10;

function checkDuring(bench: Bench, result: LoadResult, phase: Phase): void {
  const { report } = bench;
  const checked = samplesDuring(result, 'verify', phase);
  const answered = checked.filter(({ status }) => status === 204).length;
  report.check(
    `${phase.name}: /auth/verify goes on from Redis`,
    checked.length > 0 && answered === checked.length,
    `${answered} of ${checked.length}, p50 ${round(
      percentile(
        checked.map(({ ms }) => ms),
        0.5,
      ),
    )} ms`,
  );
  const refused = result
    .of()
    .filter(({ status, due }) => status === 503 && due >= phase.began && due < phase.returned);
  const slowest = Math.max(0, ...refused.map(({ ms }) => ms));
  report.check(
    `${phase.name}: 503 comes within the deadline of a query`,
    slowest <= deadline + slack,
    `${refused.length} refused, the slowest after ${round(slowest, 0)} ms`,
  );
}

async function checkConnections(bench: Bench, world: World, before: { sockets: number }): Promise<void> {
  const limit = poolMax * world.replicas.length;
  const count = (): Promise<number> => world.postgres.serviceConnections();
  await waitFor('connections to end', async () => (await count()) <= limit, 5_000).catch(() => undefined);
  const connections = await count();
  bench.report.check(
    'no connection leaks on the server',
    connections <= limit,
    `${connections}, pools allow ${limit}`,
  );
  const sockets = world.replicas.reduce((sum, replica) => sum + replica.sockets(), 0);
  bench.report.check(
    'no socket leaks in the service',
    sockets <= before.sockets + limit,
    `${sockets} open files, ${before.sockets} before`,
  );
}

export const postgresOutage: Scenario = {
  name: 'postgres-outage',
  claim: 'Postgres killed or frozen costs 503 with Retry-After, never a token check, and mends by itself',
  async run(bench) {
    const world = await openWorld(bench, {
      replicas: 2,
      env: { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' },
    });
    const away = (bench.quick ? 4 : (bench.seconds ?? 8)) * 1_000;
    const { load } = await startMixedLoad(bench, world, 120);
    await sleep(4_000);
    const before = { sockets: world.replicas.reduce((sum, replica) => sum + replica.sockets(), 0) };
    const { postgres } = world;
    const phases = [
      await suffer('killed', postgres.kill, postgres.start, { away, after: 5_000 }),
      await suffer('frozen', postgres.freeze, postgres.thaw, { away, after: 5_000 }),
    ];
    const result = await load.stop();
    for (const phase of phases) checkDuring(bench, result, phase);
    checkOutage(bench, result, phases);
    await checkConnections(bench, world, before);
    const errors = world.replicas.flatMap((replica) => replica.errors());
    bench.report.figure('lines logged as errors', errors.length);
  },
};
