import { setTimeout as sleep } from 'node:timers/promises';
import { openWorld, type Scenario, type World } from '../harness/world.ts';
import { changes, type Deed, refreshes, registrations } from './crash-deeds.ts';

const parallel = 24;
/** Hashes as cheap as argon2 makes them: the kill shall hit the database's work, not hashing. */
const env = { ARGON2_MEMORY_KIB: '1024', ARGON2_TIME: '1', HASH_CONCURRENCY: '2', HASH_QUEUE_MAX: '1000' };

function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Does the deeds, and calls `kill` when `killAt` of them have been acknowledged. */
async function interrupt(deeds: readonly Deed[], killAt: number, kill: () => Promise<void>): Promise<void> {
  const waiting = [...deeds];
  let acknowledged = 0;
  let killed: Promise<void> | null = null;
  const worker = async (): Promise<void> => {
    for (let deed = waiting.shift(); deed && !killed; deed = waiting.shift()) {
      if (await deed.attempt()) acknowledged += 1;
      if (acknowledged >= killAt) killed ??= kill();
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  await killed;
}

async function prepare(world: World, each: number): Promise<Deed[]> {
  const url = world.urls[0] ?? '';
  const { sql } = world.postgres;
  return shuffle([
    ...registrations(url, sql, each),
    ...(await refreshes(url, each)),
    ...(await changes(url, sql, each)),
  ]);
}

export const crash: Scenario = {
  name: 'crash',
  claim: 'kill -9 in the middle of registrations, refreshes and password changes loses nothing acknowledged',
  async run(bench) {
    const { report } = bench;
    const world = await openWorld(bench, { env });
    const [service] = world.replicas;
    if (!service) throw new Error('no service');
    const port = Number(new URL(service.url).port);
    let running = service;
    const totals = { deeds: 0, acknowledged: 0, cut: 0 };
    const faults: string[] = [];
    const rounds = bench.quick ? 2 : 6;
    for (let round = 1; round <= rounds; round += 1) {
      const deeds = await prepare(world, bench.quick ? 30 : 60);
      // Every other time Postgres crashes as well: what it acknowledged must be on its disk.
      const withPostgres = round % 2 === 0;
      await interrupt(deeds, Math.round(deeds.length * (0.2 + Math.random() * 0.6)), async () => {
        running.process.signal('SIGKILL');
        if (withPostgres) await world.postgres.kill();
      });
      await running.process.ended;
      if (withPostgres) await world.postgres.start();
      else await sleep(100);
      running = await world.start(`after-crash-${round}`, { port });
      // Refreshes first: a lost answer can be had again for ten seconds only.
      const inOrder = [...deeds].sort((a, b) => Number(b.urgent) - Number(a.urgent));
      for (const deed of inOrder) faults.push(...(await deed.inspect()));
      totals.deeds += deeds.length;
      totals.acknowledged += deeds.filter(({ state }) => state() === 'acknowledged').length;
      totals.cut += deeds.filter(({ state }) => state() === 'cut').length;
    }
    report.figure('kills', `${rounds}, ${Math.floor(rounds / 2)} of them with Postgres`);
    report.figure('deeds', `${totals.deeds}: ${totals.acknowledged} acknowledged, ${totals.cut} cut short`);
    report.check('the kills hit work under way', totals.cut > 0 && totals.acknowledged > 0);
    report.check(
      'what was acknowledged is there, and nothing is half done',
      faults.length === 0,
      faults.slice(0, 5).join('; '),
    );
  },
};
