import { setTimeout as sleep } from 'node:timers/promises';
import { startPgBouncer } from '../../../test/infrastructure/servers/pgbouncer.ts';
import { startDeployment } from '../harness/deployment.ts';
import { startPostgres } from '../harness/postgres-server.ts';
import type { Scenario } from '../harness/scenario.ts';
import { causeOutage, checkOutage, checkWithoutPostgres, startMixedLoad } from './outage-load.ts';

export const pgbouncerOutage: Scenario = {
  name: 'pgbouncer-outage',
  claim: 'PgBouncer may restart, and Postgres may fail behind it: 503 meanwhile, and recovery by itself',
  async run(context) {
    const { folder, cleanup } = context;
    const postgres = await startPostgres(folder, cleanup);
    const pgbouncer = await startPgBouncer({
      poolMode: 'transaction',
      target: postgres.url.replace('auth@', 'auth:secret@'),
      // PgBouncer's default of 15 s would delay the recovery by as much.
      settings: { server_login_retry: 1, server_connect_timeout: 2 },
    });
    cleanup.add(pgbouncer.stop);
    const deployment = await startDeployment(context, {
      replicas: 2,
      postgres,
      env: { DB_PRIMARY_DB_URL: pgbouncer.url },
    });
    // PgBouncer 1.18 may crash when cancel requests have waited for a frozen Postgres. systemd would start it again.
    const thawAndSupervise = async (): Promise<void> => {
      postgres.thaw();
      await sleep(500);
      const hasCrashed = / FATAL @src/.test(pgbouncer.log());
      context.report.figure('PgBouncer crashed after the freeze', hasCrashed ? 'yes' : 'no');
      if (hasCrashed) await pgbouncer.restart();
    };
    const away = (context.quick ? 4 : (context.seconds ?? 8)) * 1_000;
    const { load } = await startMixedLoad(context, deployment, 150);
    await sleep(3_000);
    const times = { duration: away, after: 5_000 };
    const restarted = await causeOutage('PgBouncer restarted', pgbouncer.restart, async () => undefined, {
      duration: 0,
      after: 5_000,
    });
    const killed = await causeOutage('Postgres killed', postgres.kill, postgres.start, times);
    const frozen = await causeOutage('Postgres frozen', postgres.freeze, thawAndSupervise, times);
    const result = await load.stop();
    for (const phase of [killed, frozen]) checkWithoutPostgres(context, result, phase);
    checkOutage(context, result, [restarted, killed, frozen]);
    const errors = deployment.replicas.flatMap((replica) => replica.errors());
    context.report.figure('lines logged as errors', errors.length);
  },
};
