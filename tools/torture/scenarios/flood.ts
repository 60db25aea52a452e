import { type Member, members } from '../harness/people.ts';
import { median } from '../harness/statistics.ts';
import type { Bench, Scenario, World } from '../harness/world.ts';
import { openWorld } from '../harness/world.ts';
import { startLoad } from '../load/load.ts';
import type { Stream } from '../load/plan.ts';
import { describe, exemplify, type LoadResult } from '../load/result.ts';

const memoryLimit = 512;

/**
 * Milliseconds between two looks of the flood's generator at its schedule. It shares two cores with the service: to wake
 * for each request would take more of them than to send it, and again as much from the service, which wakes with it.
 */
const floodTick = 50;

/** Those who read, and those who log in: enough of them for nobody to come to the bound on living sessions. */
interface Crowd {
  readonly readers: readonly Member[];
  readonly comers: readonly Member[];
}

function streamsFor(world: World, crowd: Crowd) {
  const bases = world.urls;
  const readers: Stream = {
    ...{ name: 'readers', kind: 'me', rate: 500, clients: 50, bases },
    tokens: crowd.readers.map(({ access }) => access),
  };
  /** `rate` null: eight clients that log in as fast as they are answered, which keeps every hashing slot busy. */
  const logins = (rate: number | null): Stream => ({
    ...{ name: 'logins', kind: 'login', rate, clients: rate === null ? 8 : 600, bases },
    tick: floodTick,
    people: crowd.comers,
  });
  return { readers, logins };
}

/** Each stream in a generator process of its own. */
async function measure(bench: Bench, seconds: number, ...streams: Stream[]): Promise<LoadResult[]> {
  const loads = await Promise.all(streams.map((stream) => startLoad([stream], seconds, bench.cleanup)));
  return Promise.all(loads.map(({ finished }) => finished));
}

interface Run {
  readonly quiet: number;
  readonly flooded: number;
  readonly maximum: number;
  readonly accepted: number;
}

/** Logins accepted a second when nobody asks for more than there is room for. */
async function measureMaximum(bench: Bench, world: World, crowd: Crowd, seconds: number): Promise<number> {
  const { readers, logins } = streamsFor(world, crowd);
  const [, unhurried] = await measure(bench, seconds, readers, logins(null));
  return unhurried?.perSecond('logins', 200) ?? 0;
}

async function runOnce(bench: Bench, world: World, crowd: Crowd, seconds: number): Promise<Run> {
  const { report } = bench;
  const { readers, logins } = streamsFor(world, crowd);
  const [quiet] = await measure(bench, seconds, readers);
  // Before the flood and after it: what a shared machine gives drifts by more than what is looked for.
  const before = await measureMaximum(bench, world, crowd, seconds);
  const [flooded, flood] = await measure(bench, seconds, readers, logins(before * 10));
  const after = await measureMaximum(bench, world, crowd, seconds);
  if (!quiet || !flooded || !flood) throw new Error('a load generator gave no result');
  const run = {
    quiet: quiet.latency('readers', 0.99),
    flooded: flooded.latency('readers', 0.99),
    maximum: (before + after) / 2,
    accepted: flood.perSecond('logins', 200),
  };
  report.figure('readers p50/p99, no flood', `${quiet.latency('readers', 0.5)} / ${run.quiet} ms`);
  report.figure('readers p50/p99, flood', `${flooded.latency('readers', 0.5)} / ${run.flooded} ms`);
  report.figure(
    'p99 by which the generator itself was late',
    `${quiet.lateness('readers', 0.99)} and ${flooded.lateness('readers', 0.99)} ms`,
  );
  report.figure('logins/s, maximum without flood, before and after', `${before} and ${after}`);
  report.figure('logins/s, offered and accepted', `${Math.round(before * 10)} and ${run.accepted}`);
  report.figure('answers to logins', describe(flood.outcomes()));
  for (const each of [quiet, flooded]) {
    report.check(
      'readers get 200 and nothing else',
      each.others('readers', ['200']).length === 0,
      describe(each.outcomes()),
    );
  }
  const odd = flood.others('logins', ['200', '503']);
  report.check('logins get 200 or 503 with Retry-After', odd.length === 0, exemplify(odd));
  return run;
}

export const flood: Scenario = {
  name: 'flood',
  claim: 'A login flood at ten times capacity slows neither token checks nor the logins that are accepted',
  async run(bench) {
    const { report, quick } = bench;
    const seconds = bench.seconds ?? (quick ? 6 : 30);
    const world = await openWorld(bench);
    const everybody = await members(world.urls[0] ?? '', 300);
    const crowd = { readers: everybody.slice(0, 50), comers: everybody.slice(50) };
    const service = world.replicas[0];
    let memory = 0;
    const watch = setInterval(() => {
      memory = Math.max(memory, service?.memory() ?? 0);
    }, 250);
    bench.cleanup.add(() => clearInterval(watch));
    // What has just started has code to compile, and gives less than it will.
    await measureMaximum(bench, world, crowd, seconds / 2);
    const runs: Run[] = [];
    for (let n = 0; n < (quick ? 1 : 3); n += 1) runs.push(await runOnce(bench, world, crowd, seconds));

    const quiet = median(runs.map((run) => run.quiet));
    const flooded = median(runs.map((run) => run.flooded));
    const share = median(runs.map(({ accepted, maximum }) => accepted / maximum));
    const bound = Math.max(100, 3 * quiet);
    report.check(
      'readers p99 under flood ≤ max(3 × without, 100 ms)',
      flooded <= bound,
      `${flooded} ms, without ${quiet} ms, median of ${runs.length}`,
    );
    report.check('accepted logins ≥ 90 % of the maximum', share >= 0.9, `${Math.round(share * 100)} %`);
    report.check(
      `resident memory < ${memoryLimit} MiB`,
      memory < memoryLimit,
      `${Math.round(memory)} MiB at most`,
    );
  },
};
