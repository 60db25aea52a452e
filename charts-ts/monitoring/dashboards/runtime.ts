import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { byPod, type DashboardDefinition, type Panel, panel, quantiles, rateBy } from './panel.ts';
import { eventLoopLag } from './saturation.ts';

function postgres(selector: string): Panel[] {
  const duration = 'auth_postgres_query_duration_seconds';
  const connections = [
    { legend: '{{pool}} {{state}}', expr: `sum by (pool, state) (auth_postgres_connections{${selector}})` },
    { legend: '{{pool}} maximum', expr: `sum by (pool) (auth_postgres_pool_size{${selector}})` },
    { legend: '{{pool}} waiting queries', expr: `sum by (pool) (auth_postgres_pool_waiting{${selector}})` },
  ];
  return [
    panel('Postgres query latency', 's', quantiles(duration, selector), {
      description: 'Seconds, including the time until a connection is free.',
    }),
    panel('Postgres query rate by outcome', 'cps', [rateBy(['outcome'], `${duration}_count{${selector}}`)], {
      description: 'Queries per second. A registration with an email that is taken counts as an error here.',
    }),
    panel('Postgres connections', 'none', connections, {
      description:
        'Open connections by state, the maximum that the pools open, and queries that wait for a connection.',
    }),
  ];
}

function redis(selector: string): Panel[] {
  const duration = 'auth_redis_command_duration_seconds';
  const connected = `sum by (connection) (auth_redis_connected{${selector}})`;
  return [
    panel('Redis command latency', 's', quantiles(duration, selector), {
      description: 'Seconds. The service aborts a command after 0.25 s.',
    }),
    panel('Redis command rate by outcome', 'cps', [rateBy(['outcome'], `${duration}_count{${selector}}`)], {
      description:
        'Commands per second. An alert fires if more than 20 % fail, even while Redis is connected.',
    }),
    panel('Redis connections', 'none', [{ legend: '{{connection}}', expr: connected }], {
      description: 'Pods whose connection for commands, or for messages (pub/sub), is ready.',
    }),
  ];
}

function dependencies(selector: string): Panel[] {
  const degraded = `max by (dependency) (auth_degraded{${selector}})`;
  const backupAge = `time() - max(auth_last_backup_timestamp_seconds{${selector}})`;
  const purgeAge = `min(auth_last_purge_age_seconds{${selector}})`;
  return [
    panel('Degraded dependencies', 'none', [{ legend: '{{dependency}}', expr: degraded }], {
      description: '1 while a pod cannot reach the dependency, or the dependency refuses writes.',
    }),
    ...postgres(selector),
    ...redis(selector),
    panel('Time since the last purge', 's', [{ legend: 'last purge', expr: purgeAge }], {
      description: 'The purge runs daily. Above 50 hours an alert fires.',
    }),
    panel('Age of the last backup', 's', [{ legend: 'last backup', expr: backupAge }], {
      description:
        'Age of the data in the last backup of auth-service backup, or of the schema without one. If the charts make backups, an alert fires above two intervals of their schedule.',
    }),
  ];
}

function nodeRuntime(selector: string): Panel[] {
  const garbageCollection = rateBy(['pod'], `nodejs_gc_duration_seconds_sum{${selector}}`);
  const restarts = `changes(process_start_time_seconds{${selector}}[1h])`;
  return [
    panel('Resident memory', 'bytes', [byPod(`process_resident_memory_bytes{${selector}}`)], {
      description: 'By pod. Kubernetes kills a pod that exceeds its memory limit (OOMKilled).',
    }),
    panel('Heap used', 'bytes', [byPod(`nodejs_heap_size_used_bytes{${selector}}`)], {
      description: 'By pod. A sawtooth is normal. A steady increase indicates a memory leak.',
    }),
    eventLoopLag(selector),
    panel('Garbage collection time', 'percentunit', [garbageCollection], {
      description:
        'Share of the time that a pod spends on garbage collection. Above 10 % the heap is too small.',
    }),
    panel('Open file descriptors', 'none', [byPod(`process_open_fds{${selector}}`)], {
      description: 'By pod, including sockets.',
    }),
    panel('Process restarts, 1 hour', 'none', [byPod(restarts, 'sum')], {
      description: 'How often the process of a pod restarted.',
    }),
  ];
}

/** Postgres, Redis and the Node.js process. */
export function runtime(values: Values): DashboardDefinition {
  const selector = serviceSelector(values);
  return {
    title: 'Auth service / Runtime and dependencies',
    sections: [
      { title: 'Postgres and Redis', panels: dependencies(selector) },
      { title: 'Node.js runtime', panels: nodeRuntime(selector) },
    ],
  };
}
