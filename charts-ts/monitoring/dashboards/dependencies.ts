import type { Values } from '../../values/schema.ts';
import { maxBackupAge } from '../alerts/backup-rules.ts';
import { maxPurgeAge } from '../alerts/maintenance-rules.ts';
import { limits } from '../limits.ts';
import { recorded } from '../recordings.ts';
import { type Panel, panel } from './panel.ts';
import { byPod, everyDuration, quantiles, share, sumBy } from './queries.ts';
import { badFrom } from './thresholds.ts';
import { selectedInstallation, selectedPods } from './variables.ts';

/** Share of pods that is more than none. */
const anyPod = 0.001;

/** Whether a store cannot be used. */
export function degraded(values: Values): Panel {
  const expr = `avg by (dependency) (auth_degraded{${selectedPods(values)}})`;
  return panel('Degraded dependencies', 'percentunit', [{ legend: '{{dependency}}', expr }], {
    description:
      'Share of the pods that cannot reach the dependency, or whose writes it refuses. Without Postgres nobody can log in. ' +
      'Without Redis no request fails, but each pod counts rate limits alone.',
    thresholds: badFrom({ orange: anyPod, red: limits.AuthPostgresUnavailable }),
    alerts: ['AuthPostgresUnavailable', 'AuthRedisUnavailable'],
    logs: {
      condition: 'event = "postgres_lost" or event = "redis_lost"',
      stats: 'stats count(*) as losses by bin(1m), event',
      unit: 'per minute',
    },
  });
}

/** The operations of a store per second by their outcome, and the share of them that fails. */
function operations(store: 'postgres_query' | 'redis_command', selector: string) {
  const all = (matchers: string): string =>
    recorded(`auth:${store}_duration_bucket:rate5m`, selector, matchers);
  const total = (matchers: string): string => `sum(${all(matchers)})`;
  return {
    byOutcome: sumBy(['outcome'], all(everyDuration)),
    failed: {
      legend: 'failed',
      expr: share(total(`${everyDuration},outcome="error"`), total(everyDuration)),
    },
  };
}

function postgresPool(pods: string): Panel[] {
  const total = (gauge: string): string =>
    `sum by (pool) (avg_over_time(auth_postgres_pool_${gauge}{${pods}}[10m]))`;
  const waiting = `${total('waiting')} / ${total('size')}`;
  const connections = [
    { legend: '{{pool}} {{state}}', expr: `sum by (pool, state) (auth_postgres_connections{${pods}})` },
    { legend: '{{pool}} maximum', expr: `sum by (pool) (auth_postgres_pool_size{${pods}})` },
    { legend: '{{pool}} waiting queries', expr: `sum by (pool) (auth_postgres_pool_waiting{${pods}})` },
  ];
  return [
    panel('Postgres connections', 'none', connections, {
      description:
        'Open connections by state, the maximum that the pools open, and queries that wait for a connection.',
      thresholds: null,
    }),
    panel('Queries waiting for each connection', 'short', [{ legend: '{{pool}}', expr: waiting }], {
      description:
        'Queries that wait, by connection of the pool, on average over ten minutes. They wait while all connections are busy: ' +
        'Postgres is slow, or DB_POOL_MAX is too small.',
      thresholds: badFrom({ orange: limits.AuthPostgresPoolWaits }),
      alerts: ['AuthPostgresPoolWaits'],
    }),
    panel('Postgres replica lag', 's', [byPod(`auth_postgres_replica_lag_seconds{${pods}}`)], {
      description:
        'Age of the data of the read replica, by pod. Empty without a replica (DB_REPLICA_DB_URL).',
      thresholds: null,
      noValue: 'No read replica',
    }),
  ];
}

function postgres(values: Values): Panel[] {
  const pods = selectedPods(values);
  const installation = selectedInstallation(values);
  const { byOutcome, failed } = operations('postgres_query', installation);
  const buckets = recorded('auth:postgres_query_duration_bucket:rate5m', installation);
  return [
    panel('Postgres query latency', 's', quantiles(buckets), {
      description: 'Seconds, including the time until a connection is free.',
      thresholds: null,
      alerts: ['AuthPostgresPoolWaits'],
    }),
    panel('Postgres query rate by outcome', 'cps', [byOutcome], {
      description: 'Queries per second. A registration with an email that is taken counts as an error here.',
      thresholds: null,
      alerts: ['AuthPostgresErrors'],
    }),
    panel('Failed Postgres queries', 'percentunit', [failed], {
      description:
        'Share of the queries that Postgres refused or did not answer, with registrations of taken emails.',
      thresholds: badFrom({ orange: limits.AuthPostgresErrors }),
      alerts: ['AuthPostgresErrors'],
    }),
    ...postgresPool(pods),
  ];
}

function redis(values: Values): Panel[] {
  const pods = selectedPods(values);
  const installation = selectedInstallation(values);
  const { byOutcome, failed } = operations('redis_command', installation);
  const buckets = recorded('auth:redis_command_duration_bucket:rate5m', installation);
  const errors = sumBy(['reason'], recorded('auth:redis_commands_failed:rate5m', installation));
  const connected = `sum by (connection) (auth_redis_connected{${pods}})`;
  return [
    panel('Redis command latency', 's', quantiles(buckets), {
      description: 'Seconds. The service aborts a command after 0.25 s.',
      thresholds: null,
    }),
    panel('Redis command rate by outcome', 'cps', [byOutcome], {
      description:
        'Commands per second. An alert fires if more than 20 % fail, even while Redis is connected.',
      thresholds: null,
      alerts: ['AuthRedisUnavailable'],
    }),
    panel('Failed Redis commands', 'percentunit', [failed], {
      description: 'Share of the commands that Redis refused or did not answer.',
      thresholds: badFrom({ orange: limits.AuthRedisUnavailable }),
      alerts: ['AuthRedisUnavailable'],
    }),
    panel('Redis errors by reason', 'cps', [errors], {
      description: 'Failed commands per second. docs/redis.md explains the reasons.',
      thresholds: null,
      alerts: ['AuthRedisUnavailable'],
    }),
    panel('Redis connections', 'none', [{ legend: '{{connection}}', expr: connected }], {
      description: 'Pods whose connection for commands, or for messages (pub/sub), is ready.',
      thresholds: null,
    }),
  ];
}

/** What Jobs do in the store. Every pod reads the same facts. */
function jobs(values: Values): Panel[] {
  const selector = selectedInstallation(values);
  const purgeAge = `min(auth_last_purge_age_seconds{${selector}})`;
  const backupAge = `time() - max(auth_last_backup_timestamp_seconds{${selector}})`;
  return [
    panel('Time since the last purge', 's', [{ legend: 'last purge', expr: purgeAge }], {
      description: 'An alert fires above two intervals of the schedule of the purge.',
      thresholds: badFrom({ orange: maxPurgeAge(values) }),
      alerts: ['AuthPurgeOverdue'],
    }),
    panel('Age of the last backup', 's', [{ legend: 'last backup', expr: backupAge }], {
      description:
        'Age of the data in the last backup of auth-service backup, or of the schema without one. If the charts make backups, an alert fires above two intervals of their schedule.',
      thresholds: values.backup.enabled ? badFrom({ orange: maxBackupAge(values) }) : null,
      alerts: ['AuthBackupOverdue'],
    }),
  ];
}

export const postgresAndRedis = (values: Values): Panel[] => [
  degraded(values),
  ...postgres(values),
  ...redis(values),
  ...jobs(values),
];
