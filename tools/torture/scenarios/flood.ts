import type { Deployment } from '../harness/deployment.ts';
import { startDeployment } from '../harness/deployment.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { median } from '../harness/statistics.ts';
import { type LoggedInUser, logInNewUsers } from '../harness/users.ts';
import { startLoad } from '../load/load.ts';
import type { Stream } from '../load/plan.ts';
import { describe, exemplify, type LoadResult } from '../load/result.ts';

const memoryLimit = 512;

/**
 * Milliseconds between two rounds of the generator of the flood. The generator shares two cores with the service: a timer
 * for each request would cost more CPU time than the request itself, in the generator and in the service.
 */
const floodTick = 50;

/** Enough users log in that none of them reaches the maximum of active sessions. */
interface FloodUsers {
  readonly reading: readonly LoggedInUser[];
  readonly loggingIn: readonly LoggedInUser[];
}

function streamsFor(deployment: Deployment, users: FloodUsers) {
  const bases = deployment.urls;
  const readers: Stream = {
    ...{ name: 'readers', kind: 'me', rate: 500, clients: 50, bases },
    tokens: users.reading.map(({ access }) => access),
  };
  /** With a null `rate`, eight clients log in without pause, which keeps every hash queue slot busy. */
  const logins = (rate: number | null): Stream => ({
    ...{ name: 'logins', kind: 'login', rate, clients: rate === null ? 8 : 600, bases },
    tick: floodTick,
    users: users.loggingIn,
  });
  return { readers, logins };
}

/** Runs each stream in a separate generator process. */
async function measure(
  context: ScenarioContext,
  seconds: number,
  ...streams: Stream[]
): Promise<LoadResult[]> {
  const loads = await Promise.all(streams.map((stream) => startLoad([stream], seconds, context.cleanup)));
  return Promise.all(loads.map(({ finished }) => finished));
}

interface Run {
  readonly quiet: number;
  readonly flooded: number;
  readonly maximum: number;
  readonly accepted: number;
}

/** Accepted logins per second without overload. */
async function measureMaximum(
  context: ScenarioContext,
  deployment: Deployment,
  users: FloodUsers,
  seconds: number,
): Promise<number> {
  const { readers, logins } = streamsFor(deployment, users);
  const [, unloaded] = await measure(context, seconds, readers, logins(null));
  return unloaded?.perSecond('logins', 200) ?? 0;
}

async function runOnce(
  context: ScenarioContext,
  deployment: Deployment,
  users: FloodUsers,
  seconds: number,
): Promise<Run> {
  const { report } = context;
  const { readers, logins } = streamsFor(deployment, users);
  const [quiet] = await measure(context, seconds, readers);
  // Before and after the flood: on a shared machine the maximum drifts by more than the effect to measure.
  const before = await measureMaximum(context, deployment, users, seconds);
  const [flooded, flood] = await measure(context, seconds, readers, logins(before * 10));
  const after = await measureMaximum(context, deployment, users, seconds);
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
  async run(context) {
    const { report, quick } = context;
    const seconds = context.seconds ?? (quick ? 6 : 30);
    const deployment = await startDeployment(context);
    const allUsers = await logInNewUsers(deployment.urls[0] ?? '', 300);
    const users = { reading: allUsers.slice(0, 50), loggingIn: allUsers.slice(50) };
    const service = deployment.replicas[0];
    let memory = 0;
    const watch = setInterval(() => {
      memory = Math.max(memory, service?.memory() ?? 0);
    }, 250);
    context.cleanup.add(() => clearInterval(watch));
    // Warm up: a process that just started has not compiled its hot code yet.
    await measureMaximum(context, deployment, users, seconds / 2);
    const runs: Run[] = [];
    for (let n = 0; n < (quick ? 1 : 3); n += 1)
      runs.push(await runOnce(context, deployment, users, seconds));

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
