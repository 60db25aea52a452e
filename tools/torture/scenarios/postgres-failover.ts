import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../harness/client.ts';
import { type PostgresPair, startPostgresPair, waitForReplay } from '../harness/postgres-pair.ts';
import type { PostgresServer } from '../harness/postgres-server.ts';
import { waitFor } from '../harness/process.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { type LoggedInUser, logInNewUsers } from '../harness/users.ts';
import type { LoadResult } from '../load/result.ts';
import { causeOutage, checkOutage, type Phase, samplesDuring, startMixedLoad } from './outage-load.ts';

async function setReadOnly({ sql }: PostgresServer, value: 'on' | 'off'): Promise<void> {
  await sql.unsafe(`alter system set default_transaction_read_only = ${value}`);
  await sql`select pg_reload_conf()`;
}

/** The server refuses writes and keeps its connections open, as one does whose disk is full. */
function causeReadOnly(pair: PostgresPair, duration: number): Promise<Phase> {
  const begin = () => setReadOnly(pair.primary, 'on');
  const end = async (): Promise<void> => {
    await pair.primary.sql`set default_transaction_read_only = off`;
    await setReadOnly(pair.primary, 'off');
  };
  return causeOutage('read-only', begin, end, { duration, after: 5_000 });
}

/** A replica whose name resolution is late must not ask the former primary, which does not know of the logout yet. */
async function checkLogout(context: ScenarioContext, { deployment }: PostgresPair, user: LoggedInUser) {
  const [late = '', early = ''] = deployment.urls;
  const verify = async (): Promise<number> =>
    (await ask(late, 'GET /api/v1/auth/verify', { token: user.access })).status;
  await waitFor('the first replica to find the new primary', async () => {
    const reply = await ask(early, 'POST /api/v1/auth/logout', { token: user.access });
    return reply.status === 204;
  });
  const start = performance.now();
  let accepted = 0;
  while (performance.now() - start < 3_000) {
    if ((await verify()) === 204 && performance.now() - start > 1_100) accepted += 1;
    await sleep(50);
  }
  context.report.check(
    'a logout takes effect within a second where the name still leads to the former primary',
    accepted === 0,
    `accepted ${accepted} times later`,
  );
}

/** The former primary is a standby that is a minute behind, under the old address. */
async function switchOver(context: ScenarioContext, pair: PostgresPair, duration: number): Promise<Phase> {
  const { primary, standby, hosts, deployment } = pair;
  const [late, early] = hosts;
  const [user] = await logInNewUsers(deployment.urls[0] ?? '', 1);
  if (!user) throw new Error('nobody is logged in');
  for (const url of deployment.urls) await ask(url, 'GET /api/v1/auth/verify', { token: user.access });
  const begin = async (): Promise<void> => {
    await waitForReplay(primary, standby);
    await primary.shutDown();
    await standby.promote();
    early?.set(standby.host);
    await primary.demote(standby, { recovery_min_apply_delay: '60s' });
  };
  const end = async (): Promise<void> => late?.set(standby.host);
  return causeOutage('switchover', begin, end, {
    duration,
    after: 5_000,
    meanwhile: () => checkLogout(context, pair, user),
  });
}

function checkReads(context: ScenarioContext, result: LoadResult, phase: Phase): void {
  const reads = ['me', 'sessions', 'verify'].flatMap((name) => samplesDuring(result, name, phase));
  const served = reads.filter(({ status }) => status === 200 || status === 204).length;
  context.report.check(
    `${phase.name}: reads are served`,
    reads.length > 0 && served >= reads.length * 0.99,
    `${served} of ${reads.length}`,
  );
}

async function checkServers(context: ScenarioContext, { primary, standby }: PostgresPair): Promise<void> {
  const counts = [await primary.serviceConnections(), await standby.serviceConnections()];
  context.report.check(
    'the service has no connection to the former primary',
    counts[0] === 0,
    `${counts[0]} there, ${counts[1]} to the new one`,
  );
}

export const postgresFailover: Scenario = {
  name: 'postgres-failover',
  claim: 'A primary that refuses writes or becomes a standby is left, and the new one is found by its name',
  async run(context) {
    const pair = await startPostgresPair(context);
    const { deployment } = pair;
    const duration = (context.quick ? 4 : (context.seconds ?? 8)) * 1_000;
    const { load } = await startMixedLoad(context, deployment, 120);
    await sleep(3_000);
    const phases = [await causeReadOnly(pair, duration), await switchOver(context, pair, duration)];
    await checkServers(context, pair);
    const result = await load.stop();
    if (phases[0]) checkReads(context, result, phases[0]);
    checkOutage(context, result, phases);
    const errors = deployment.replicas.flatMap((replica) => replica.errors());
    context.report.figure('lines logged as errors', errors.length);
  },
};
