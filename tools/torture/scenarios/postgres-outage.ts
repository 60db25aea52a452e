import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, startDeployment } from '../harness/deployment.ts';
import { waitFor } from '../harness/process.ts';
import type { Scenario, ScenarioContext } from '../harness/scenario.ts';
import { causeOutage, checkOutage, checkWithoutPostgres, startMixedLoad } from './outage-load.ts';

const poolMax = 10;

async function checkConnections(
  context: ScenarioContext,
  deployment: Deployment,
  before: { sockets: number },
): Promise<void> {
  const limit = poolMax * deployment.replicas.length;
  const count = (): Promise<number> => deployment.postgres.serviceConnections();
  await waitFor('connections to end', async () => (await count()) <= limit, 5_000).catch(() => undefined);
  const connections = await count();
  context.report.check(
    'no connection leaks on the server',
    connections <= limit,
    `${connections}, pools allow ${limit}`,
  );
  const sockets = deployment.replicas.reduce((sum, replica) => sum + replica.sockets(), 0);
  context.report.check(
    'no socket leaks in the service',
    sockets <= before.sockets + limit,
    `${sockets} open files, ${before.sockets} before`,
  );
}

export const postgresOutage: Scenario = {
  name: 'postgres-outage',
  claim:
    'Without Postgres the service answers 503 with Retry-After, still checks tokens, and recovers by itself',
  async run(context) {
    const deployment = await startDeployment(context, {
      replicas: 2,
      env: { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' },
    });
    const away = (context.quick ? 4 : (context.seconds ?? 8)) * 1_000;
    const { load } = await startMixedLoad(context, deployment, 120);
    await sleep(4_000);
    const before = { sockets: deployment.replicas.reduce((sum, replica) => sum + replica.sockets(), 0) };
    const { postgres } = deployment;
    const phases = [
      await causeOutage('killed', postgres.kill, postgres.start, { duration: away, after: 5_000 }),
      await causeOutage('frozen', postgres.freeze, postgres.thaw, { duration: away, after: 5_000 }),
    ];
    const result = await load.stop();
    for (const phase of phases) checkWithoutPostgres(context, result, phase);
    checkOutage(context, result, phases);
    await checkConnections(context, deployment, before);
    const errors = deployment.replicas.flatMap((replica) => replica.errors());
    context.report.figure('lines logged as errors', errors.length);
  },
};
