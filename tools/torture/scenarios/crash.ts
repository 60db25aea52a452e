import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, startDeployment } from '../harness/deployment.ts';
import type { Scenario } from '../harness/scenario.ts';
import { changes, type Operation, refreshes, registrations } from './crash-operations.ts';

const parallel = 24;
/** The cheapest hashes that argon2 allows, so that the kill hits database work and not hashing. */
const env = { ARGON2_MEMORY_KIB: '1024', ARGON2_TIME: '1', HASH_CONCURRENCY: '2', HASH_QUEUE_MAX: '1000' };

function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Sends the operations, and calls `kill` when `killAt` of them are acknowledged. */
async function interrupt(
  operations: readonly Operation[],
  killAt: number,
  kill: () => Promise<void>,
): Promise<void> {
  const waiting = [...operations];
  let acknowledged = 0;
  let killed: Promise<void> | null = null;
  const worker = async (): Promise<void> => {
    for (let operation = waiting.shift(); operation && !killed; operation = waiting.shift()) {
      if (await operation.send()) acknowledged += 1;
      if (acknowledged >= killAt) killed ??= kill();
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  await killed;
}

async function prepare(deployment: Deployment, each: number): Promise<Operation[]> {
  const url = deployment.urls[0] ?? '';
  const { sql } = deployment.postgres;
  return shuffle([
    ...registrations(url, sql, each),
    ...(await refreshes(url, each)),
    ...(await changes(url, sql, each)),
  ]);
}

export const crash: Scenario = {
  name: 'crash',
  claim: 'kill -9 in the middle of registrations, refreshes and password changes loses nothing acknowledged',
  async run(context) {
    const { report } = context;
    const deployment = await startDeployment(context, { env });
    const [service] = deployment.replicas;
    if (!service) throw new Error('no service');
    const port = Number(new URL(service.url).port);
    let running = service;
    const totals = { operations: 0, acknowledged: 0, interrupted: 0 };
    const faults: string[] = [];
    const rounds = context.quick ? 2 : 6;
    for (let round = 1; round <= rounds; round += 1) {
      const operations = await prepare(deployment, context.quick ? 30 : 60);
      // Every other time Postgres is killed too: what it acknowledged must be on disk.
      const withPostgres = round % 2 === 0;
      await interrupt(operations, Math.round(operations.length * (0.2 + Math.random() * 0.6)), async () => {
        running.process.signal('SIGKILL');
        if (withPostgres) await deployment.postgres.kill();
      });
      await running.process.ended;
      if (withPostgres) await deployment.postgres.start();
      else await sleep(100);
      running = await deployment.start(`after-crash-${round}`, { port });
      // Refreshes first: the service repeats a lost answer for ten seconds only.
      const inOrder = [...operations].sort((a, b) => Number(b.urgent) - Number(a.urgent));
      for (const operation of inOrder) faults.push(...(await operation.check()));
      totals.operations += operations.length;
      totals.acknowledged += operations.filter(({ state }) => state() === 'acknowledged').length;
      totals.interrupted += operations.filter(({ state }) => state() === 'interrupted').length;
    }
    report.figure('kills', `${rounds}, ${Math.floor(rounds / 2)} of them with Postgres`);
    report.figure(
      'operations',
      `${totals.operations}: ${totals.acknowledged} acknowledged, ${totals.interrupted} interrupted`,
    );
    report.check('the kills hit requests in flight', totals.interrupted > 0 && totals.acknowledged > 0);
    report.check(
      'every acknowledged request took effect, and none is incomplete',
      faults.length === 0,
      faults.slice(0, 5).join('; '),
    );
  },
};
