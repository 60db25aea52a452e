import { type AnyEntry, entriesOf, isSecret, type Variable, variables } from './entries.ts';
import { table } from './variables.ts';

/** The commands that read the configuration. */
export const commandNames = [
  'serve',
  'keep-port',
  'migrate',
  'purge',
  'admin',
  'sessions',
  'keys',
  'backup',
  'restore',
  'verify',
] as const;
export type CommandName = (typeof commandNames)[number];

/** The variables of an entry: its name, and the deployment guide's name of its file. */
function namesOf(entry: AnyEntry): readonly Variable[] {
  const names = isSecret(entry) && entry.path ? [entry.name, entry.path.name] : [entry.name];
  // reason: the names of the table are the type Variable.
  return names as Variable[];
}

const group = (
  key: Exclude<keyof typeof table, 'environment' | 'logLevel' | 'logFormat' | 'cloudProject' | 'dataDir'>,
): readonly Variable[] => entriesOf(table[key]).flatMap(namesOf);

const without = (names: readonly Variable[], ...left: readonly Variable[]): readonly Variable[] =>
  names.filter((name) => !left.includes(name));

const log = ['ENV', 'LOG_LEVEL', 'LOG_FORMAT', 'GOOGLE_CLOUD_PROJECT'] as const;

/** Commands read the primary only. Those that act as the owner of the tables have connections of their own. */
const connection = ['DB_PRIMARY_DB_URL', 'DB_CA_FILE', 'DB_CA', 'DB_TLS', 'DB_TIMEOUT'] as const;
const owner = [...log, ...connection, ...group('migrations')] as const;
const primary = without(group('database'), 'DB_REPLICA_DB_URL', 'DB_REPLICA_MAX_LAG');

/** Without DB_PRIMARY_DB_URL, commands other than migrate use the embedded Postgres. */
const store = [...log, 'DATA_DIR', ...primary] as const;

const byCommand: Readonly<Record<CommandName, readonly Variable[]>> = {
  // reason: these names are the literal types of the table.
  serve: without(Object.keys(variables) as Variable[], ...group('migrations')),
  // The service sends the address of its port.
  'keep-port': ['KEEPER_PORT', 'LOG_FORMAT', 'GOOGLE_CLOUD_PROJECT'],
  migrate: owner,
  // Both connect as the owner of the tables: the role of the service can read no partition.
  backup: owner,
  restore: owner,
  purge: store,
  // They publish what sessions must notice by Redis, which is not demanded. `admin` resets attempts that Redis counts.
  admin: [
    ...store,
    ...group('redis'),
    ...group('limits'),
    ...group('hashing'),
    ...group('passwords'),
    'JWT_ISSUER',
  ],
  sessions: [...store, ...group('redis')],
  // It publishes revocations by Redis, and knows by the keys which one signs. Neither is demanded.
  keys: [...store, ...group('redis'), ...group('jwt'), 'ACCESS_TOKEN_TTL'],
  // With --db and --redis. Neither is demanded, because a check reports what is missing.
  verify: [...log, ...connection, 'DB_REPLICA_DB_URL', ...group('redis')],
};

/**
 * The variables that a command reads. Give it no others: DB_MIGRATION_URL is for `migrate`, `backup` and `restore`, and
 * `serve` only reports that it knows this URL. A secret of the list may come in its `_FILE` form.
 */
export const variablesOf = (command: CommandName): readonly Variable[] => byCommand[command];

const isOfCommand = Object.fromEntries(
  commandNames.map((command) => [command, new Set<string>(byCommand[command])]),
);

/** Whether a fault of the variable is a fault of the command. `serve` reads all variables. */
export const isRead = (command: CommandName, name: string): boolean =>
  command === 'serve' || isOfCommand[command]?.has(name) === true;

/** Whether production demands the variable, if its entry says so. Every other command than `serve` needs Postgres alone. */
export const isDemanded = (command: CommandName, name: string): boolean =>
  command === 'serve' || (name === 'DB_PRIMARY_DB_URL' && command !== 'verify' && command !== 'keep-port');
