import type { Connection } from '../../store/postgres/connection.ts';

/**
 * Tables whose rows are in no backup. A restored session or reset token would be valid again although its user ended or
 * used it after the backup, and the secrets of the service are made anew at its next start (docs/decisions/0046).
 */
export const leftOut = ['sessions', 'password_resets', 'service_secrets'] as const;

export interface Snapshot {
  /** For `pg_dump --snapshot`. */
  readonly id: string;
  /** When the snapshot was taken, by the clock of Postgres. */
  readonly takenAt: Date;
  readonly serverVersion: string;
  /** Checksums of the applied migrations by their names. */
  readonly migrations: Readonly<Record<string, string>>;
}

/** A dump may take longer than any timeout of the server. `transaction_timeout` exists since Postgres 17. */
const begin = `
  begin isolation level repeatable read read only;
  select set_config(name, '0', true)
  from pg_catalog.pg_settings
  where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`;

/** Opens a transaction on the connection and exports its snapshot, which is valid until the transaction ends. */
export async function takeSnapshot(connection: Connection): Promise<Snapshot> {
  await connection.unsafe(begin);
  const [row] = await connection.unsafe<{ id: string; takenAt: Date; serverVersion: string }[]>(`
    select
      pg_export_snapshot() as id,
      clock_timestamp() as taken_at,
      split_part(current_setting('server_version'), ' ', 1) as server_version`);
  if (!row) throw new Error('Postgres exported no snapshot');
  const applied = await connection.unsafe<{ name: string; checksum: string }[]>(
    'select name, checksum from public.schema_migrations order by name collate "C"',
  );
  const migrations = Object.fromEntries(applied.map(({ name, checksum }) => [name, checksum]));
  return { ...row, migrations };
}

/** Every table of the schema. A partitioned table is one table. */
const listTables = `
  select relname as name
  from pg_catalog.pg_class
  where relnamespace = 'public'::regnamespace
    and relkind in ('r', 'p')
    and not relispartition
  order by relname collate "C"`;

/** The rows of each table as the transaction of the connection sees them. */
export async function countRows(connection: Connection): Promise<Record<string, number>> {
  const tables = await connection.unsafe<{ name: string }[]>(listTables);
  const rows: Record<string, number> = {};
  for (const { name } of tables) {
    const identifier = `public."${name.replaceAll('"', '""')}"`;
    const [counted] = await connection.unsafe<{ rows: string }[]>(
      `select count(*)::text as rows from ${identifier}`,
    );
    rows[name] = Number(counted?.rows);
  }
  return rows;
}

/** The rows of each table that a dump of the snapshot contains. */
export async function countDumpedRows(connection: Connection): Promise<Record<string, number>> {
  const rows = await countRows(connection);
  return { ...rows, ...Object.fromEntries(leftOut.map((name) => [name, 0])) };
}
