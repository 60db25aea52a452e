import { findReasons } from '../../../features/audit/history-protection.ts';
import { inspectKeyPair } from '../../../features/tokens/key-inspection.ts';
import { listAppliedMigrations } from '../../../store/postgres/applied-migrations.ts';
import { errorCode } from '../../../store/postgres/errors.ts';
import { describeHolders, findBlockers } from '../../../store/postgres/lock-holders.ts';
import {
  compareMigrations,
  migrationFolder,
  readMigrations,
} from '../../../store/postgres/migration-files.ts';
import { findMigrationLockHolders } from '../../../store/postgres/migration-lock.ts';
import { loadQueries, type QueryName } from '../../../store/postgres/queries.ts';
import { findMissingPrivileges } from '../../../store/postgres/service-role.ts';
import { type Finding, failed, passed, skipped, warning } from '../../checks/check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import type { ReadOnlyPostgres } from '../probes/postgres.ts';
import type { DoctorCheck } from './fault-check.ts';
import { oneRow, queryCheck } from './postgres-query.ts';

const category = 'Postgres: schema';

/** 42P01, the table is missing: no migration was ever applied. */
async function compareSchema(sql: ReadOnlyPostgres) {
  const files = readMigrations(migrationFolder);
  const applied = await listAppliedMigrations(sql).catch((error: unknown) => {
    if (errorCode(error) === '42P01') return new Map<string, string>();
    throw error;
  });
  return { ...compareMigrations(files, applied), applied: applied.size };
}

async function checkBehind(sql: ReadOnlyPostgres): Promise<Finding> {
  const { missing, applied } = await compareSchema(sql);
  if (missing.length === 0) return passed(`${applied} migrations are applied`);
  const first = missing[0]?.name ?? '';
  const what =
    applied === 0 ? 'The database is empty' : `${missing.length} migrations are missing, from ${first} on`;
  return failed(what, 'Run auth-service migrate with DB_MIGRATION_URL or DB_PRIMARY_DB_URL');
}

async function checkAhead(sql: ReadOnlyPostgres): Promise<Finding> {
  const { unknown } = await compareSchema(sql);
  if (unknown.length === 0) return passed('No migration of a newer version is applied');
  return warning(
    `The database has ${unknown.length} migrations of a newer version: ${unknown.join(', ')}`,
    'Nothing, after a rollback to the version before; otherwise deploy the newer version',
  );
}

async function checkChanged(sql: ReadOnlyPostgres): Promise<Finding> {
  const { changed } = await compareSchema(sql);
  if (changed.length === 0) return passed('Every applied migration has the text of this version');
  return failed(
    `The text of ${changed.join(', ')} is not the text that was applied`,
    'Deploy an image whose migrations were not edited; compare the table schema_migrations with the release',
  );
}

/** Seconds after which a migration that runs is worth a warning. */
const longMigration = 60;

/** Sessions of the role that migrates which wait for a lock. Every role may read these columns. */
const waitingSessions = `
  select distinct l.pid
  from pg_locks l
  join pg_stat_activity a on a.pid = l.pid
  where not l.granted
    and l.locktype <> 'advisory'
    and a.datname = current_database()
    and a.usesysid = (select usesysid from pg_stat_activity where pid = $1)`;

async function checkLock(sql: ReadOnlyPostgres): Promise<Finding> {
  const holders = await findMigrationLockHolders(sql);
  const [holder] = holders;
  if (!holder) return passed('No migration is running');
  const waiting = await sql.unsafe<{ pid: number }[]>(waitingSessions, [holder.pid]);
  for (const { pid } of waiting) {
    const blockers = await findBlockers(sql, pid);
    if (blockers.length > 0)
      return failed(
        `A migration is running and waits for ${describeHolders(blockers)}`,
        `Let that session finish, or end it with select pg_terminate_backend(${blockers[0]?.pid})`,
      );
  }
  const description = describeHolders(holders) ?? '';
  const isLong = (holder.seconds ?? 0) >= longMigration;
  const fix = `Wait for it. If no migration is running there, run select pg_terminate_backend(${holder.pid})`;
  return (isLong ? failed : warning)(`A migration is running, or its session was left: ${description}`, fix);
}

async function checkRights(sql: ReadOnlyPostgres): Promise<Finding> {
  const missing = await findMissingPrivileges(sql);
  const { role } = await oneRow<{ role: string }>(sql, 'select current_user as role');
  if (missing.length === 0) return passed(`The role ${role} has them`);
  return failed(
    `The role ${role} lacks ${missing.slice(0, 6).join(', ')}${missing.length > 6 ? ` and ${missing.length - 6} more` : ''}`,
    'Run auth-service migrate as the owner (DB_MIGRATION_URL); it grants what the service needs',
  );
}

const invalidIndexes = `
  select indexrelid::regclass::text as name
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  where not i.indisvalid
    and c.relnamespace = 'public'::regnamespace
  order by 1`;

async function checkIndexes(sql: ReadOnlyPostgres): Promise<Finding> {
  const invalid = await sql.unsafe<{ name: string }[]>(invalidIndexes);
  if (invalid.length === 0) return passed('Every index is valid');
  const names = invalid.map(({ name }) => name);
  return warning(
    `Postgres does not use the index ${names.join(', ')}, because its creation was interrupted`,
    `Run reindex index concurrently ${names[0]}, or auth-service migrate if its migration is missing`,
  );
}

/** The text of a query of the service. */
const queryText = (name: QueryName): string => loadQueries().text(name);

async function checkHistory(sql: ReadOnlyPostgres, { config }: DoctorContext): Promise<Finding> {
  const rights = await oneRow<Parameters<typeof findReasons>[0]>(
    sql,
    queryText('audit_log/find_excess_rights'),
  );
  const reasons = findReasons(rights, config.migrations.ownerUrl !== null);
  if (reasons.length === 0) return passed('The role of the service can only add to it');
  return warning(
    `The service could change its own audit log: ${reasons.join('; ')}`,
    'Use two roles, and give DB_MIGRATION_URL to migrate alone (docs/operations.md, "Database roles")',
  );
}

async function checkRevoked(sql: ReadOnlyPostgres, { config: { jwt } }: DoctorContext): Promise<Finding> {
  const key = await inspectKeyPair(jwt);
  if (key?.problem !== null) return skipped('No usable key pair is configured');
  const rows = await sql.unsafe<{ kid: string }[]>(queryText('revoked_signing_keys/list'));
  const isRevoked = [...rows.map(({ kid }) => kid), ...jwt.revokedKeys].includes(key.kid);
  if (!isRevoked) return passed(`The key ${key.kid} is not revoked`);
  return failed(
    `The configured key ${key.kid} is revoked, so the service does not start with it`,
    'Generate a new pair with auth-service keys generate, and configure it',
  );
}

export const postgresSchemaChecks: readonly DoctorCheck[] = [
  queryCheck({
    id: 'migration-lock',
    category,
    title: 'no migration is running or stuck',
    documentation:
      'Migrations run one at a time, under an advisory lock. The doctor names the session that has the lock, and the session for which the migration waits: usually a long transaction of a report, or an idle session with an open transaction. A lock that remains after the Job was deleted ends with its session.',
    ask: checkLock,
  }),
  queryCheck({
    id: 'schema-behind',
    category,
    title: 'every migration of this version is applied',
    documentation:
      'The service does not become ready before the schema is current (`schema: behind` in /readyz). The command `migrate` was not run, has failed, or was run with another database or an older image. A Kubernetes Job shows its reason in `kubectl logs job/NAME`.',
    ask: checkBehind,
  }),
  queryCheck({
    id: 'schema-ahead',
    category,
    title: 'the schema is not newer than this version',
    documentation:
      'The database has migrations that this version does not know. That is right after a rollback: the version before works with the newer schema. Otherwise an old image is running beside a newer one.',
    ask: checkAhead,
  }),
  queryCheck({
    id: 'schema-changed',
    category,
    title: 'no applied migration was changed afterwards',
    documentation:
      'A file of `migrations/` differs from what was applied, so nobody knows which schema the database has. The command `migrate` refuses to go on. Usually somebody edited a merged migration, or built the image from a working copy; line endings of Windows change the text too.',
    ask: checkChanged,
  }),
  queryCheck({
    id: 'database-rights',
    category,
    title: 'the role of the service has every right that it needs',
    documentation:
      'A missing right makes single requests fail with 500 (SQLSTATE 42501 in the log). `auth-service migrate` grants the role of the service what it needs, if it runs as the owner of the tables and knows the role (`DB_SERVICE_ROLE`, or the user of `DB_PRIMARY_DB_URL`).',
    needs: ['schema-behind'],
    ask: checkRights,
  }),
  queryCheck({
    id: 'database-history',
    category,
    title: 'the service cannot change its audit log',
    documentation:
      'With two roles in Postgres, the service can neither change nor delete the login history and the audit log, so an attacker in the service cannot remove traces (ASVS 16.4.2). One role for everything works, and gives this protection away. The service logs `history_unprotected` at its start.',
    needs: ['schema-behind'],
    ask: checkHistory,
  }),
  queryCheck({
    id: 'jwt-key-revoked',
    category: 'Signing keys',
    title: 'the configured signing key is not revoked',
    documentation:
      'A key that `auth-service keys revoke` has revoked signs nothing, and a process that has only this key does not start. Configure the next key. If the revocation was a mistake, `auth-service keys unrevoke` takes it back. The runbook LeakedSigningKey has the whole procedure.',
    needs: ['schema-behind'],
    ask: checkRevoked,
  }),
  queryCheck({
    id: 'database-indexes',
    category,
    title: 'every index is valid',
    documentation:
      'An interrupted `create index concurrently` leaves an index that Postgres maintains and never uses: writes cost more and reads stay slow. A unique index that is invalid does not prevent all duplicates. The next run of its migration replaces it.',
    ask: checkIndexes,
  }),
];
