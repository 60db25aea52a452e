import { ask, type Reply } from '../harness/client.ts';
import { type Deployment, startDeployment } from '../harness/deployment.ts';
import { type PostgresServer, startPostgres } from '../harness/postgres-server.ts';
import { waitFor } from '../harness/process.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { type LoggedInUser, logIn, register } from '../harness/users.ts';

const history = (url: string, { access }: LoggedInUser): Promise<Reply> =>
  ask(url, 'GET /api/v1/users/me/login-history', { token: access });

const countOf = ({ body }: Reply): number => body?.data?.length ?? -1;

/** Entries of the login history that the newest of `logins` logins sees. */
async function logInAndList(url: string, logins: number): Promise<number> {
  const fields = await register(url);
  let user = await logIn(url, fields);
  for (let n = 1; n < logins; n += 1) user = await logIn(url, fields);
  return countOf(await history(url, user));
}

const lagOf = ({ replicas }: Deployment): Promise<number> =>
  replicas[0]?.metric('auth_postgres_replica_lag_seconds') ?? Promise.resolve(Number.NaN);

async function checkCurrent(context: ScenarioContext, deployment: Deployment, replica: PostgresServer) {
  const [url = ''] = deployment.urls;
  await waitFor('reads on the replica', async () => {
    await logInAndList(url, 1);
    return (await replica.serviceConnections()) > 0;
  });
  context.report.check('without lag the replica is read', true, `lag ${await lagOf(deployment)} s`);
}

async function delay({ sql }: PostgresServer, value: string): Promise<void> {
  await sql.unsafe(`alter system set recovery_min_apply_delay = '${value}'`);
  await sql`select pg_reload_conf()`;
}

async function checkLagging(context: ScenarioContext, deployment: Deployment, replica: PostgresServer) {
  const [url = ''] = deployment.urls;
  await delay(replica, '60s');
  const start = performance.now();
  // The replica does not know this user. After the bound, the history is complete.
  const fields = await register(url);
  const user = await logIn(url, fields);
  let failed = 0;
  await waitFor(
    'reads on the primary',
    async () => {
      const reply = await history(url, user);
      if (reply.status !== 200) failed += 1;
      return countOf(reply) === 1;
    },
    40_000,
    100,
  );
  const ms = Math.round(performance.now() - start);
  context.report.check('a replica that is a minute behind is left after its bound', ms <= 16_000, `${ms} ms`);
  context.report.check('no read fails meanwhile', failed === 0, `${failed}`);
  const counts = await Promise.all([logInAndList(url, 3), logInAndList(url, 2)]);
  context.report.check('then reads see the newest writes', counts.join() === '3,2', counts.join());
  context.report.check(
    'the lag is known to the metrics',
    (await lagOf(deployment)) > 10,
    `${await lagOf(deployment)} s`,
  );
  await delay(replica, '0');
  await waitFor('the replica to be used again', async () => (await lagOf(deployment)) < 5, 20_000, 200);
}

async function checkGone(context: ScenarioContext, deployment: Deployment, replica: PostgresServer) {
  const [url = ''] = deployment.urls;
  const user = await logIn(url, await register(url));
  for (const [what, begin, end] of [
    ['killed', replica.kill, replica.start],
    ['frozen', replica.freeze, replica.thaw],
  ] as const) {
    await history(url, user);
    await begin();
    const replies: Reply[] = [];
    for (let n = 0; n < 50; n += 1) replies.push(await history(url, user));
    await end();
    const failed = replies.filter(({ status }) => status !== 200).length;
    const slow = replies.filter(({ ms }) => ms > 500).length;
    context.report.check(
      `the replica is ${what}: reads go to the primary`,
      failed === 0 && slow <= 1,
      `${failed} of ${replies.length} failed, ${slow} were slow, the slowest took ${Math.round(Math.max(...replies.map(({ ms }) => ms)))} ms`,
    );
  }
}

export const replicaLag: Scenario = {
  name: 'replica-lag',
  claim: 'Reads leave a replica that is behind or does not answer',
  async run(context) {
    const { folder, cleanup } = context;
    const postgres = await startPostgres(folder, cleanup);
    const replica = await startPostgres(folder, cleanup, { primary: postgres });
    const deployment = await startDeployment(context, {
      postgres,
      env: { DB_REPLICA_DB_URL: replica.url },
    });
    await checkCurrent(context, deployment, replica);
    await checkLagging(context, deployment, replica);
    await checkGone(context, deployment, replica);
  },
};
