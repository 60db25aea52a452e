import type { Logger } from '../../observe/log.ts';
import type { Connection } from './connection.ts';

/** A setting on which the service relies, and what happens if it has another value. */
interface Expectation {
  readonly value: string;
  readonly consequence: string;
  /** Whether the service would answer wrongly, so that a command must not start. */
  readonly isFault: boolean;
  /** What the operator can do. @default a statement that sets the value for the role */
  readonly wayOut?: string;
  readonly accepts?: (value: string) => boolean;
}

/** The names are those of the view pg_settings. */
const expectations: Readonly<Record<string, Expectation>> = {
  DateStyle: {
    value: 'ISO, MDY',
    consequence: 'times cannot be read',
    isFault: true,
    accepts: (value) => value.startsWith('ISO'),
  },
  client_encoding: { value: 'UTF8', consequence: 'texts cannot be read', isFault: true },
  standard_conforming_strings: {
    value: 'on',
    consequence: 'patterns in functions do not match',
    isFault: true,
  },
  session_replication_role: {
    value: 'origin',
    consequence: 'foreign keys and triggers have no effect',
    isFault: true,
  },
  server_encoding: {
    value: 'UTF8',
    consequence: 'requests with characters that this encoding does not have fail',
    isFault: false,
    wayOut: `Move the data to a database that is created with encoding 'UTF8'.`,
  },
};

/** For a server that is written to. */
const primaryExpectations: Readonly<Record<string, Expectation>> = {
  default_transaction_read_only: {
    value: 'off',
    consequence: 'every change is answered with 503, logins and refreshes included',
    isFault: false,
    // A failover, or a provider whose disk is full, sets it on purpose.
    wayOut: 'Find out who set it and why before you reset it; a server that is being replaced needs nothing.',
  },
  synchronous_commit: {
    value: 'on',
    consequence: 'a crash of the server can take back revocations that were answered',
    isFault: false,
    accepts: (value) => value !== 'off',
  },
};

interface Setting {
  readonly name: string;
  readonly value: string;
  /** Quoted as identifiers. */
  readonly role: string;
  readonly database: string;
}

const readSettings = `select
    name,
    setting as value,
    pg_catalog.quote_ident(current_user) as role,
    pg_catalog.quote_ident(pg_catalog.current_database()) as database
  from pg_catalog.pg_settings`;

function wayOutOf({ name, role, database }: Setting, { value, wayOut }: Expectation): string {
  if (wayOut !== undefined) return wayOut;
  const quoted = name === 'DateStyle' ? value : `'${value}'`;
  return `Run: alter role ${role} in database ${database} set ${name} = ${quoted};`;
}

/** A setting with another value than the service relies on. */
export interface UnexpectedSetting {
  readonly name: string;
  readonly value: string;
  /** Whether the service must not start with it. */
  readonly isFault: boolean;
  /** Names the setting, its value and the consequence. */
  readonly problem: string;
  readonly wayOut: string;
}

/** Compares the settings of a connection with those on which the service relies. @param isWritten false for a replica */
export async function findUnexpectedSettings(
  connection: Pick<Connection, 'unsafe'>,
  isWritten: boolean,
): Promise<UnexpectedSetting[]> {
  const all = isWritten ? { ...expectations, ...primaryExpectations } : expectations;
  const settings = await connection.unsafe<Setting[]>(readSettings);
  return settings.flatMap((setting) => {
    const expected = all[setting.name];
    if (!expected || (expected.accepts?.(setting.value) ?? setting.value === expected.value)) return [];
    const { name, value } = setting;
    const problem = `${name} of Postgres is '${value}' instead of '${expected.value}', so that ${expected.consequence}.`;
    return [{ name, value, isFault: expected.isFault, problem, wayOut: wayOutOf(setting, expected) }];
  });
}

/**
 * Compares the settings of a connection with those on which the service relies. Logs a warning for each that makes the
 * service worse.
 * @returns a sentence for each setting with which the service must not start; it names the setting, its value and the way out
 */
export async function checkSettings(
  connection: Connection,
  { variable, log }: { variable: string; log: Logger },
): Promise<string[]> {
  const faults: string[] = [];
  for (const found of await findUnexpectedSettings(connection, variable !== 'DB_REPLICA_DB_URL')) {
    const { name, value, isFault, problem, wayOut } = found;
    const sentence = `${problem} ${wayOut}`;
    if (isFault) faults.push(sentence);
    else log.warn({ event: 'postgres_setting', variable, setting: name, value }, sentence);
  }
  return faults;
}
