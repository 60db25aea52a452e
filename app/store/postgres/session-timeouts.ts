import { directSettings } from './session-settings.ts';

/** Settings of Postgres by their names. Numbers of timeouts are milliseconds. */
export type SettingValues = Readonly<Record<string, string | number>>;

/**
 * What the service relies on in a session of Postgres, whatever the defaults of the server are. The deadline of the
 * server comes before that of the client, so that the connection survives.
 * @param timeout DB_TIMEOUT in milliseconds
 */
export const sessionTimeouts = (timeout: number) =>
  ({
    ...directSettings,
    statement_timeout: Math.max(1, Math.floor(timeout * 0.9)),
    idle_in_transaction_session_timeout: timeout,
  }) satisfies SettingValues;

const literal = (value: string | number): string =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;

/** They say nothing about a transaction that has begun. */
const sessionOnly: readonly string[] = ['default_transaction_isolation', 'idle_session_timeout'];

/** Statements that make the settings those of the current transaction only. */
export const setLocal = (settings: SettingValues): string =>
  Object.entries(settings)
    .filter(([name]) => !sessionOnly.includes(name))
    .map(([name, value]) => `set local ${name} = ${literal(value)}`)
    .join('; ');
