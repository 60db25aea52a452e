/**
 * Settings that change what Postgres sends or what a statement means. A server, a database or a role can have any value of
 * them (docs/decisions/0028-independent-of-server-settings.md). server-check.ts names the values that remain wrong.
 */

/** Sent by every connection at its start. PgBouncer keeps these four and client_encoding for each of its clients. */
export const portableSettings = {
  // In other styles, the text of a time may be one of two days. This is the form that the server reports, so that PgBouncer
  // sees no difference and sends no `set`.
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  standard_conforming_strings: 'on',
  application_name: 'auth-service',
} as const;

/**
 * Sent as well if the server or its pooler accepts them (session-timeouts.ts): PgBouncer refuses a connection with a
 * parameter that it does not know. No statement needs them to be correct. Where the server has other values, some statements
 * would be refused or would wait.
 * The values are text, because the client leaves out the number 0.
 */
export const directSettings = {
  // A conflict is then an error only where Postgres finds a deadlock.
  default_transaction_isolation: 'read committed',
  // The connection pool has idle connections, and statement_timeout also ends a statement that waits for a lock.
  idle_session_timeout: '0',
  lock_timeout: '0',
  // A violated constraint is an answer to a request, and not the end of the connection.
  exit_on_error: 'off',
} as const;

/** For a connection of migrations, which is not shared. Sent at its start if the server accepts them. */
export const migrationSettings = {
  ...portableSettings,
  ...directSettings,
  // Migrations create their objects in `public`, where every query expects them.
  search_path: 'public, pg_temp',
  // A migration of a large table may take long, and so may its lock.
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
} as const;

/**
 * The same as statements, which no pooler can refuse. The first two end what a server may have set against slow statements
 * before the last one runs.
 */
export const applyMigrationSettings = `
  set statement_timeout = 0;
  set exit_on_error = off;
  select ${Object.entries(migrationSettings)
    .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', false)`)
    .join(', ')}`;
