import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Reply } from '../harness/client.ts';
import { startDeployment } from '../harness/deployment.ts';
import { createFirewall } from '../harness/firewall.ts';
import { startPostgres } from '../harness/postgres-server.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { type LoggedInUser, logInNewUsers } from '../harness/users.ts';

/** DB_POOL_MAX of the service, and DB_TIMEOUT with a tolerance for a busy machine. */
const poolMax = 10;
const deadline = 3_500;

/** Milliseconds that a connection may be idle (DB_POOL_IDLE_TIMEOUT). */
const idleTimeout = 4_000;

/** So many requests at once that the pool opens all of its connections. */
const askAtOnce = (url: string, users: readonly LoggedInUser[]): Promise<Reply[]> =>
  Promise.all(users.map(({ access }) => ask(url, 'GET /api/v1/users/me/sessions', { token: access })));

/** Repeats the requests one after the other until ten in a row succeed. */
async function measureRecovery(url: string, user: LoggedInUser) {
  const start = performance.now();
  let [slow, refused, inARow] = [0, 0, 0];
  let last = start;
  while (inARow < 20 && performance.now() - start < 60_000) {
    const { status, ms } = await ask(url, 'GET /api/v1/users/me/sessions', { token: user.access });
    if (ms > 1_000) slow += 1;
    inARow = status === 200 ? inARow + 1 : 0;
    if (status === 200) continue;
    refused += 1;
    last = performance.now();
    await sleep(50);
  }
  return { slow, refused, ms: Math.round(last - start) };
}

async function checkDroppedAtOnce(
  context: ScenarioContext,
  url: string,
  users: LoggedInUser[],
  forget: () => number,
) {
  await askAtOnce(url, users);
  const forgotten = forget();
  const [user] = users;
  if (!user) throw new Error('nobody is logged in');
  const { slow, refused, ms } = await measureRecovery(url, user);
  context.report.check(
    'connections dropped a moment after their use cost one deadline together',
    forgotten >= poolMax && slow <= 2 && ms <= deadline + 1_000,
    `${forgotten} connections, ${slow} requests waited, ${refused} refused, all served after ${ms} ms`,
  );
}

async function checkDroppedWhileIdle(
  context: ScenarioContext,
  url: string,
  users: LoggedInUser[],
  forget: () => number,
) {
  await askAtOnce(url, users);
  await sleep(idleTimeout + 500);
  const forgotten = forget();
  // The connection of the readiness checks was not idle. Its loss is noticed by the next check.
  await sleep(deadline + 1_000);
  const replies = await askAtOnce(url, users);
  const served = replies.filter(({ status }) => status === 200).length;
  const slowest = Math.round(Math.max(...replies.map(({ ms }) => ms)));
  context.report.check(
    'connections dropped while they were idle cost nobody anything',
    served === replies.length && slowest < 1_000,
    `${forgotten} connections, ${served} of ${replies.length} served, the slowest after ${slowest} ms`,
  );
}

export const idleFirewall: Scenario = {
  name: 'idle-firewall',
  claim: 'Connections that a firewall has dropped silently are noticed, and are not used one after the other',
  async run(context) {
    const { folder, cleanup } = context;
    const firewall = createFirewall(cleanup);
    const postgres = await startPostgres(folder, cleanup, { host: firewall.address, wrap: firewall.wrap });
    const deployment = await startDeployment(context, {
      postgres,
      env: { DB_POOL_IDLE_TIMEOUT: `${idleTimeout}ms` },
    });
    const [url = ''] = deployment.urls;
    const users = await logInNewUsers(url, 2 * poolMax);
    const forget = (): number => firewall.forgetConnections(postgres.port);
    await checkDroppedAtOnce(context, url, users, forget);
    await checkDroppedWhileIdle(context, url, users, forget);
  },
};
