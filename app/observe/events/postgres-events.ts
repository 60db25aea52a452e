import { event } from './event.ts';
import { integer, list, nullable, number, object, oneOf, text, truth } from './field.ts';
import { err } from './subject-fields.ts';

const lagSeconds = nullable(number('seconds by which the replica is behind; null if unknown'));
const serviceRole = text('role of the service in Postgres');
const migration = text('name of the migration');

const holder = object(
  {
    lock: text('what the lock is, and what it is on'),
    pid: integer('process id of the session; 0 is a prepared transaction'),
    role: nullable(text('role of the session')),
    application: nullable(text('application_name of the session')),
    client: nullable(text('address of the client of the session')),
    state: nullable(text('state of the session')),
    seconds: nullable(number('seconds since its last query began, or since it connected')),
  },
  'a session that has the lock',
);

/** The events of Postgres and of its migrations. */
export const postgresEvents = {
  postgres_lost: event(
    'warn',
    'Postgres does not answer. Requests that need it are refused, and token checks are answered from Redis.',
    { optional: { err } },
  ),
  postgres_back: event('info', 'Postgres answers again.'),
  postgres_setting: event(
    'warn',
    'A setting of Postgres makes the service worse. The message names its value, the consequence and the way out.',
    {
      required: {
        variable: text('variable that names the server'),
        setting: text('name of the setting'),
        value: text('value of the setting'),
      },
    },
  ),
  postgres_unverified: event(
    'warn',
    'In production the connection to Postgres is not safe from a man in the middle, because the URL or `DB_TLS` says so.',
    { required: { variable: text('variable that names the server') } },
  ),
  postgres_pooler: event('info', 'A pooler is in front of Postgres. See [poolers.md](poolers.md).', {
    required: {
      host: text('host of the pooler'),
      pooling: oneOf(['none', 'session', 'transaction'], 'mode of the pooler'),
      keepsStatements: truth('whether prepared statements survive'),
      settings: oneOf(
        ['startup', 'transaction', 'role'],
        'where the timeouts come from: the startup message, each transaction, or the role',
      ),
    },
  }),
  prepared_statements_lost: event(
    'warn',
    'With `DB_PREPARE=auto`: a backend did not know a prepared statement, because the mode of a pooler has changed. The process uses no prepared statements any more.',
    { required: { err } },
  ),
  replica_unused: event(
    'warn',
    'Reads go to the primary: the read replica of Postgres is further behind than `DB_REPLICA_MAX_LAG`, or one of the two servers does not answer, so that the lag is unknown.',
    { required: { lagSeconds } },
  ),
  replica_used: event('info', 'Reads go to the read replica of Postgres.', { required: { lagSeconds } }),
  history_unprotected: event(
    'warn',
    'The role of the service in Postgres could change or delete login history and audit log. See [operations.md](operations.md#database-roles).',
    { required: { reasons: list(text('a reason'), 'why the role could') }, isSecurity: true },
  ),
  migration_waits: event(
    'warn',
    '`migrate` waits for another run, for a table or for older transactions. It repeats the line every ten seconds.',
    { required: { holders: list(holder, 'the sessions that have the lock') } },
  ),
  migration_applied: event('info', '`migrate` has applied a migration.', { required: { migration } }),
  migrations_done: event('info', '`migrate` has ended without an error.', {
    required: {
      applied: list(migration, 'migrations of this run'),
      alreadyApplied: integer('number of migrations of earlier runs'),
    },
  }),
  migrations_unknown: event(
    'warn',
    'The database has migrations that this version does not know: a newer version has run.',
    { required: { unknown: list(migration, 'names of the migrations') } },
  ),
  service_role_granted: event(
    'info',
    '`migrate` has given the role of the service the privileges that it needs.',
    {
      required: { serviceRole, changed: integer('number of objects whose privileges were changed') },
      isSecurity: true,
      ecs: { category: 'iam', type: ['admin', 'change'] },
    },
  ),
  service_role_may_create: event(
    'warn',
    'The role of the service can create objects in the schema public. The message has the statement that prevents it.',
    { required: { serviceRole }, isSecurity: true },
  ),
} as const;
