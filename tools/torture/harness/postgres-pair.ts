import { type Deployment, startDeployment } from './deployment.ts';
import { createHostsFile, type HostsFile } from './hosts-file.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { waitFor } from './process.ts';
import type { ScenarioContext } from './scenario.ts';

export interface PostgresPair {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /** Two replicas of the service, which find Postgres by its host name. */
  readonly deployment: Deployment;
  /** How each replica of the service resolves the host name. */
  readonly hosts: readonly HostsFile[];
}

const hostName = 'postgres.test';

/** A primary and its standby on one port of two addresses, and replicas that find the primary by a host name. */
export async function startPostgresPair(context: ScenarioContext): Promise<PostgresPair> {
  const { folder, cleanup } = context;
  const primary = await startPostgres(folder, cleanup);
  const { port } = primary;
  const standby = await startPostgres(folder, cleanup, { host: '127.0.0.2', port, primary });
  const hosts = ['replica-1', 'replica-2'].map((name) =>
    createHostsFile(folder, name, hostName, primary.host),
  );
  const deployment = await startDeployment(context, {
    replicas: hosts.length,
    env: { DB_PRIMARY_DB_URL: primary.url.replace(primary.host, hostName) },
    postgres: primary,
    wrap: (replica) => hosts[replica - 1]?.wrap ?? ((command) => [...command]),
  });
  return { primary, standby, deployment, hosts };
}

/** Resolves when the standby has replayed everything that is committed now. */
export async function waitForReplay(primary: PostgresServer, standby: PostgresServer): Promise<void> {
  const [row] = await primary.sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`;
  await waitFor('the standby to replay', async () => {
    const [replayed] = await standby.sql<{ done: boolean }[]>`
      select pg_last_wal_replay_lsn() >= ${row?.lsn ?? ''}::text::pg_lsn as done`;
    return replayed?.done === true;
  });
}
