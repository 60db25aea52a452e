import { event } from './event.ts';
import { integer, list, nullable, number, oneOf, text } from './field.ts';
import { err } from './subject-fields.ts';

const signal = text('name of the signal');
const starts = { category: 'process', type: ['start'] };
const ends = { category: 'process', type: ['end'] };
const port = nullable(integer('port; null without this listener'));
const count = (what: string) => integer(`number of ${what}`);

/** The events of the process and of its jobs. */
export const processEvents = {
  limits: event('info', 'The service starts. The fields are the [limits](limits.md) that it has computed.', {
    required: {
      connections: count('connections at once'),
      connectionsPerAddress: number('connections at once from one address'),
      bodyBytes: integer('bytes of request bodies that have not arrived whole'),
      unsentBytes: integer('bytes of responses that clients have not read'),
      exports: count('exports of personal data at once'),
      cpuQuota: nullable(number('CPUs of the quota; null without one')),
    },
  }),
  embedded_stores: event('info', 'The service uses embedded stores, for development only.', {
    required: { embedded: list(text('a store'), 'the stores'), dataDir: text('folder of the data') },
  }),
  listening: event('info', 'The service accepts connections.', {
    required: { api: port, metrics: port },
    ecs: starts,
  }),
  readiness_changed: event(
    ['info', 'warn'],
    'The answer of the readiness probe has changed: at the level info if the replica is ready, otherwise at warn. It is written once for each change, however often probes ask, and not for a replica that drains.',
    {
      required: {
        readiness: oneOf(
          ['ready', 'degraded', 'not_ready'],
          'answer of the readiness probe; degraded: without Postgres the replica checks tokens only',
        ),
        checks: {
          meaning: 'the checks, by name, as in the body of /readyz',
          schema: { type: 'object', additionalProperties: { type: ['string', 'boolean'] } },
        },
      },
    },
  ),
  signal: event('info', 'The process received SIGTERM or SIGINT.', { required: { signal } }),
  draining: event(
    'info',
    'The process is no longer ready and still serves requests, until the load balancer has removed it.',
    { required: { drainDelay: integer('milliseconds of DRAIN_DELAY') } },
  ),
  stopped: event('info', 'The process has closed its connections and exits.', { ecs: ends }),
  crashed: event(
    'fatal',
    'An uncaught error of the main thread or of the management listener ended the process. Report it as a bug.',
    { required: { err }, ecs: ends },
  ),
  port_kept: event(
    'warn',
    'The port keeper writes it: the process of the service has ended, and connections to its port wait for its next start.',
    { required: { port: integer('port') }, ecs: starts },
  ),
  port_not_kept: event(
    'error',
    'The port keeper writes it: the service is away for too long, or its port cannot be opened. The port refuses connections until the service starts.',
    {
      required: {
        port: integer('port'),
        connections: count('connections that waited and were closed'),
        reason: text('why'),
      },
      ecs: ends,
    },
  ),
  connections_taken_over: event(
    'info',
    'The service serves the connections that the port keeper has accepted.',
    {
      required: { connections: count('connections') },
    },
  ),
  port_keeper_unavailable: event(
    'warn',
    '`KEEPER_PORT` is set, and no port keeper answers there. The service asks again every second. It is written once until the port keeper answers.',
    { required: { port: integer('port') } },
  ),
  unused_variable_faulty: event(
    'warn',
    'A variable that the command does not read has a fault, with which `serve` would not start.',
  ),
  log_format_unavailable: event(
    'warn',
    '`LOG_FORMAT=pretty` needs the package pino-pretty, which an installation for production does not include. The log is JSON.',
    { required: { format: oneOf(['pretty'], 'format that was asked for') } },
  ),
  purged: event('info', '`purge` has deleted what is older than its time to keep.', {
    required: {
      droppedPartitions: list(text('a partition'), 'partitions that were dropped'),
      createdPartitions: count('partitions created for the coming months'),
      deletedSessions: count('expired sessions deleted'),
      deletedAttempts: count('attempts with an unknown email deleted'),
      deletedResets: count('expired reset tokens deleted'),
    },
  }),
  skeletons_renewed: event('info', '`purge` has computed the skeletons of usernames again.', {
    required: { renewedSkeletons: count('usernames') },
  }),
  partitions_failed: event(
    'error',
    'The partitions of the login history or of the audit log for the next months could not be created.',
    { required: { err } },
  ),
  active_session_count_failed: event('warn', 'The active sessions could not be counted in this minute.', {
    required: { err },
  }),
} as const;
