import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgresPair } from '../harness/postgres-pair.ts';
import type { Scenario } from '../harness/scenario.ts';
import { causeOutage, checkOutage, startMixedLoad } from './outage-load.ts';

/** Milliseconds of commits that the standby does not receive before the primary crashes. */
const lost = 2_000;

export const postgresCrashFailover: Scenario = {
  name: 'postgres-crash-failover',
  claim: 'A promoted standby that lacks the last commits of the primary costs nobody their session',
  async run(context) {
    const { primary, standby, hosts, deployment } = await startPostgresPair(context);
    const duration = (context.quick ? 4 : (context.seconds ?? 8)) * 1_000;
    const { load } = await startMixedLoad(context, deployment, 120);
    await sleep(3_000);
    const begin = async (): Promise<void> => {
      await standby.sql.unsafe(`alter system set primary_conninfo = ''`);
      await standby.sql`select pg_reload_conf()`;
      await sleep(lost);
      await primary.kill();
    };
    const end = async (): Promise<void> => {
      await standby.promote();
      for (const file of hosts) file.set(standby.host);
    };
    const phase = await causeOutage('crash', begin, end, { duration, after: 5_000 });
    const result = await load.stop();
    checkOutage(context, result, [phase]);
    const reuse = (
      await Promise.all(
        deployment.replicas.map((replica) => replica.metric('auth_refreshes_total', { cause: 'reuse_old' })),
      )
    ).reduce((sum, count) => sum + count, 0);
    context.report.check('no refresh is judged theft', reuse === 0, String(reuse));
    context.report.figure('connections to the new primary', await standby.serviceConnections());
  },
};
