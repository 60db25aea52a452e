import type { MetricFactory } from './metric-factory.ts';

/** Seconds. */
const queryBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const commandBuckets = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];

/** Postgres and Redis as this process sees them. */
export function createDependencyMetrics(factory: MetricFactory) {
  const degraded = factory.gauge(
    'auth_degraded',
    '1 while a dependency cannot be reached, or is reached and refuses to write',
    ['dependency'],
  );
  for (const dependency of ['postgres', 'redis']) degraded.set({ dependency }, 0);
  return {
    degraded,
    queryDuration: factory.histogram(
      'auth_postgres_query_duration_seconds',
      'Time of a query as its caller sees it, the wait for a connection included',
      queryBuckets,
      ['outcome'],
    ),
    poolConnections: factory.collectedGauge('auth_postgres_connections', 'Open connections by what they do', [
      'pool',
      'state',
    ]),
    poolSize: factory.collectedGauge('auth_postgres_pool_size', 'Connections that the pool may open', [
      'pool',
    ]),
    poolWaiting: factory.collectedGauge('auth_postgres_pool_waiting', 'Queries waiting for a connection', [
      'pool',
    ]),
    commandDuration: factory.histogram(
      'auth_redis_command_duration_seconds',
      'Time of a Redis command as its caller sees it',
      commandBuckets,
      ['outcome'],
    ),
    redisConnected: factory.gauge(
      'auth_redis_connected',
      '1 while the connection for commands, or the one for messages, is ready and answers in time',
      ['connection'],
    ),
  };
}
