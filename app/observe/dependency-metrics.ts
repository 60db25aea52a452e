import type { MetricFactory } from './metric-factory.ts';
import { redisErrorReasons } from './redis-errors.ts';

/** Seconds. */
const queryBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const commandBuckets = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];

/** How an operation of a store ends. */
const outcomes = ['ok', 'error'].map((outcome) => ({ outcome }));

/** Postgres and Redis as this process sees them. */
export function createDependencyMetrics(factory: MetricFactory) {
  const degraded = factory.gauge(
    'auth_degraded',
    '1 while the dependency cannot be used or refuses writes, otherwise 0.',
    ['dependency'],
  );
  for (const dependency of ['postgres', 'redis']) degraded.set({ dependency }, 0);
  const commandsFailed = factory.counter(
    'auth_redis_commands_failed_total',
    'Redis commands that failed, by reason: an error of the server, or no answer.',
    redisErrorReasons.map((reason) => ({ reason })),
  );
  return {
    degraded,
    queryDuration: factory.histogram(
      'auth_postgres_query_duration_seconds',
      'Duration of Postgres queries by outcome, including the time until a connection is free.',
      queryBuckets,
      ['outcome'],
      outcomes,
    ),
    poolConnections: factory.collectedGauge(
      'auth_postgres_connections',
      'Open Postgres connections by pool and state.',
      ['pool', 'state'],
    ),
    poolSize: factory.collectedGauge(
      'auth_postgres_pool_size',
      'Maximum number of connections that the pool opens.',
      ['pool'],
    ),
    poolWaiting: factory.collectedGauge(
      'auth_postgres_pool_waiting',
      'Queries that wait for a connection of the pool.',
      ['pool'],
    ),
    replicaLag: factory.collectedGauge(
      'auth_postgres_replica_lag_seconds',
      'Age of the data of the Postgres replica. Absent without a replica, and while the age is unknown.',
      [],
    ),
    commandDuration: factory.histogram(
      'auth_redis_command_duration_seconds',
      'Duration of Redis commands by outcome.',
      commandBuckets,
      ['outcome'],
      outcomes,
    ),
    redisConnected: factory.gauge(
      'auth_redis_connected',
      '1 while the Redis connection can be used, otherwise 0. Connection is commands or messages (pub/sub). Commands need every shard to answer in time and to accept all commands of the service.',
      ['connection'],
    ),
    redisEviction: factory.gauge(
      'auth_redis_eviction',
      '1 if a full Redis deletes keys before they expire (maxmemory-policy), 0 if it does not or does not tell.',
    ),
    commandsFailed,
  };
}
