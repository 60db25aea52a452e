import { PoolerError } from '../../../store/postgres/pooling.ts';
import { detectProfile } from '../../../store/postgres/server-profile.ts';
import { sessionTimeouts } from '../../../store/postgres/session-timeouts.ts';
import { findUnexpectedSettings } from '../../../store/postgres/settings-check.ts';
import { type Finding, failed, passed, skipped, warning } from '../../checks/check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { type PostgresProbe, type ReadOnlyPostgres, silentLog } from '../probes/postgres.ts';
import { clockFinding, midpoint } from './clock.ts';
import type { DoctorCheck } from './fault-check.ts';
import { oneRow, queryCheck } from './postgres-query.ts';

const category = 'Postgres: server';

/** The oldest version that the service is tested with. */
const oldestVersion = 15;

async function checkVersion(sql: ReadOnlyPostgres): Promise<Finding> {
  const row = await oneRow<{ number: number; text: string }>(
    sql,
    `select current_setting('server_version_num')::integer as number, current_setting('server_version') as text`,
  );
  if (row.number >= oldestVersion * 10_000) return passed(`Postgres ${row.text}`);
  return failed(`The server is Postgres ${row.text}`, `Upgrade it to Postgres ${oldestVersion} or newer`);
}

async function checkPrimary(sql: ReadOnlyPostgres): Promise<Finding> {
  const row = await oneRow<{ isStandby: boolean; readOnly: string }>(
    sql,
    // The doctor itself works in read-only transactions, so it asks for the default.
    `select pg_is_in_recovery() as is_standby, (select setting from pg_settings where name = 'default_transaction_read_only') as read_only`,
  );
  if (row.isStandby)
    return failed(
      'The server is a standby, so every login fails',
      'Point DB_PRIMARY_DB_URL to a name that leads to the primary also after a failover',
    );
  if (row.readOnly === 'on')
    return failed(
      'The server or the role is read-only (default_transaction_read_only), so every login fails',
      'Find out who set it and why: a provider sets it when the disk is full; then free or add disk space',
    );
  return passed('The server is a primary and accepts changes');
}

async function checkSettings(sql: ReadOnlyPostgres): Promise<Finding> {
  const found = await findUnexpectedSettings(sql, true);
  const others = found.filter(({ name }) => name !== 'default_transaction_read_only');
  const [first] = others.sort((one, other) => Number(other.isFault) - Number(one.isFault));
  if (!first) return passed('The settings that the service relies on are as it expects');
  const problems = others.map(({ problem }) => problem.replace(/\.$/, '')).join('; ');
  return (first.isFault ? failed : warning)(problems, first.wayOut);
}

async function checkPooler({ config }: DoctorContext, { target }: PostgresProbe): Promise<Finding> {
  const { timeout, prepare } = config.database;
  try {
    const profile = await detectProfile({
      target,
      settings: sessionTimeouts(timeout),
      timeout,
      log: silentLog,
    });
    if (profile.pooling === 'none') return passed('No pooler is in front of Postgres');
    if (prepare === 'on' && !profile.keepsStatements)
      return failed(
        `A pooler in ${profile.pooling} mode is in front of Postgres and loses prepared statements, which DB_PREPARE=on uses`,
        'Remove DB_PREPARE, or set it to off',
      );
    if (profile.pooling === 'transaction')
      return warning(
        'A pooler in transaction mode is in front of Postgres: migrate cannot use it',
        'Set DB_MIGRATION_URL to Postgres itself, or to a pooler in session mode',
      );
    return passed('A pooler in session mode is in front of Postgres');
  } catch (error) {
    if (error instanceof PoolerError) return failed(error.message.replace(/\.$/, ''), 'See docs/poolers.md');
    throw error;
  }
}

interface Connections {
  readonly max: number;
  readonly reserved: number;
  readonly used: number;
  readonly ours: number;
}

const countConnections = `
  select
    current_setting('max_connections')::integer as max,
    current_setting('superuser_reserved_connections')::integer as reserved,
    count(*)::integer as used,
    (count(*) filter (where application_name = 'auth-service' and datname = current_database()))::integer as ours
  from pg_stat_activity
  where backend_type = 'client backend'`;

async function checkBudget(sql: ReadOnlyPostgres, { config, replicas }: DoctorContext): Promise<Finding> {
  const { max, reserved, used, ours } = await oneRow<Connections>(sql, countConnections);
  const needed = replicas * config.database.poolMax;
  const available = max - reserved - Math.max(0, used - ours);
  // A rolling update starts new processes, and old ones keep their connections until they have drained.
  const updating = 2 * needed;
  const budget = `${replicas} × DB_POOL_MAX (${config.database.poolMax}) = ${needed} of ${available} (max_connections ${max}, ${used} in use, ${ours} of them by the service)`;
  const poolMax = Math.max(1, Math.floor(available / (2 * replicas)));
  const fix = `Lower DB_POOL_MAX to ${poolMax}, raise max_connections, or use a pooler (docs/poolers.md)`;
  if (needed > available)
    return failed(`The service may open more connections than there are: ${budget}`, fix);
  if (updating > available)
    return warning(
      `A rolling update may need ${updating} connections, because replicas that drain keep theirs: ${budget}`,
      fix,
    );
  return passed(budget);
}

async function checkClock(sql: ReadOnlyPostgres, context: DoctorContext): Promise<Finding> {
  const before = context.now();
  const { time } = await oneRow<{ time: string }>(
    sql,
    `select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as time`,
  );
  return clockFinding('Postgres', Number(time) - midpoint(before, context.now()));
}

async function checkReplica(context: DoctorContext): Promise<Finding> {
  const replica = await context.replica();
  if (!replica) return skipped('No replica is configured');
  if (replica.sql) return passed(replica.detail);
  return warning(
    `The replica cannot be used: ${replica.detail}`,
    'Correct DB_REPLICA_DB_URL or the replica. Reads go to the primary meanwhile',
  );
}

export const postgresStateChecks: readonly DoctorCheck[] = [
  queryCheck({
    id: 'database-version',
    category,
    title: `the server is Postgres ${oldestVersion} or newer`,
    documentation: `The service is tested with Postgres ${oldestVersion} and newer (docs/infrastructure.md). Older servers lack functions that its queries use.`,
    ask: checkVersion,
  }),
  queryCheck({
    id: 'database-writable',
    category,
    title: 'the server is a primary that accepts changes',
    documentation:
      'A standby answers reads with what it has replayed, which may lack the latest revocations, so the service refuses it. A read-only primary refuses logins and refreshes. Usual causes are the endpoint of a reader in the URL, a failover that the name does not follow, and a provider that makes a server with a full disk read-only.',
    ask: checkPrimary,
  }),
  queryCheck({
    id: 'database-settings',
    category,
    title: 'the settings of Postgres are those that the service relies on',
    documentation:
      'With some settings the service would answer wrongly, and it does not start: `session_replication_role`, `DateStyle`, `client_encoding`, `standard_conforming_strings`. Others make it worse, such as `synchronous_commit=off`, with which a crash can take back a revocation. docs/operations.md, "Settings of Postgres", has the list.',
    ask: checkSettings,
  }),
  queryCheck({
    id: 'database-pooler',
    category,
    title: 'a pooler in front of Postgres has a mode that the service can use',
    documentation:
      'The doctor finds out by trying which mode a pooler such as PgBouncer has. Statement mode cannot be used. Transaction mode works for the service and not for `migrate`. docs/poolers.md has PgBouncer, RDS Proxy and Supavisor.',
    ask: (_sql, context, probe) => checkPooler(context, probe),
  }),
  queryCheck({
    id: 'database-connection-budget',
    category,
    title: 'Postgres has enough connections for all replicas',
    documentation:
      'Every replica opens up to `DB_POOL_MAX` connections. A rolling update may need twice as many: the new replicas start while old ones drain, and those keep their connections until they end. The doctor warns if there are fewer. `--replicas` is their greatest number, such as `maxReplicas` of the autoscaler. The doctor subtracts what other programs use at this moment. Behind a pooler the numbers are those of the pool.',
    ask: checkBudget,
  }),
  queryCheck({
    id: 'database-clock',
    category,
    title: 'the clocks of this machine and of Postgres agree',
    documentation:
      'Access tokens are dated by this machine, sessions by Postgres. With clocks that differ, tokens expire early, or other services refuse them as issued in the future (`Invalid token`). Switch on NTP (chrony, systemd-timesyncd).',
    ask: checkClock,
  }),
  {
    id: 'database-replica',
    category,
    title: 'the replica of Postgres can be used, if one is configured',
    documentation:
      'Reads that tolerate lag go to `DB_REPLICA_DB_URL`. While the replica does not answer or is further behind than `DB_REPLICA_MAX_LAG`, the primary answers them, so the service works with more load on the primary (log event `replica_unused`).',
    run: checkReplica,
  },
];
