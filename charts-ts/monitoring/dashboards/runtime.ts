import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { byPod, type DashboardDefinition, type Panel, quantiles, rateBy, type Section } from './panel.ts';
import { eventLoopLag } from './saturation.ts';

const allQuantiles = [0.5, 0.95, 0.99];

function postgres(selector: string): Panel[] {
  return [
    {
      title: 'Postgres query latency',
      description: 'Seconds, including the time until a connection is free.',
      unit: 's',
      queries: quantiles(allQuantiles, 'auth_postgres_query_duration_seconds', selector),
    },
    {
      title: 'Postgres query rate by outcome',
      description: 'Queries per second. A registration with an email that is taken counts as an error here.',
      unit: 'cps',
      queries: [rateBy(['outcome'], `auth_postgres_query_duration_seconds_count{${selector}}`)],
    },
    {
      title: 'Postgres connections',
      description:
        'Open connections by state, the maximum that the pools open, and queries that wait for a connection.',
      unit: 'none',
      queries: [
        {
          legend: '{{pool}} {{state}}',
          expr: `sum by (pool, state) (auth_postgres_connections{${selector}})`,
        },
        { legend: '{{pool}} maximum', expr: `sum by (pool) (auth_postgres_pool_size{${selector}})` },
        {
          legend: '{{pool}} waiting queries',
          expr: `sum by (pool) (auth_postgres_pool_waiting{${selector}})`,
        },
      ],
    },
  ];
}

function redis(selector: string): Panel[] {
  return [
    {
      title: 'Redis command latency',
      description: 'Seconds. The service aborts a command after 0.25 s.',
      unit: 's',
      queries: quantiles(allQuantiles, 'auth_redis_command_duration_seconds', selector),
    },
    {
      title: 'Redis command rate by outcome',
      description:
        'Commands per second. An alert fires if more than 20 % fail, even while Redis is connected.',
      unit: 'cps',
      queries: [rateBy(['outcome'], `auth_redis_command_duration_seconds_count{${selector}}`)],
    },
    {
      title: 'Redis connections',
      description: 'Pods whose connection for commands, or for messages (pub/sub), is ready.',
      unit: 'none',
      queries: [
        { legend: '{{connection}}', expr: `sum by (connection) (auth_redis_connected{${selector}})` },
      ],
    },
  ];
}

function dependencies(selector: string): Section {
  const degraded: Panel = {
    title: 'Degraded dependencies',
    description: '1 while a pod cannot reach the dependency, or the dependency refuses writes.',
    unit: 'none',
    queries: [{ legend: '{{dependency}}', expr: `max by (dependency) (auth_degraded{${selector}})` }],
  };
  const purge: Panel = {
    title: 'Time since the last purge',
    description: 'The purge runs daily. Above 50 hours an alert fires.',
    unit: 's',
    queries: [{ legend: 'last purge', expr: `min(auth_last_purge_age_seconds{${selector}})` }],
  };
  return {
    title: 'Postgres and Redis',
    panels: [degraded, ...postgres(selector), ...redis(selector), purge],
  };
}

function memory(selector: string): Panel[] {
  return [
    {
      title: 'Resident memory',
      description: 'By pod. Kubernetes kills a pod that exceeds its memory limit (OOMKilled).',
      unit: 'bytes',
      queries: [byPod(`process_resident_memory_bytes{${selector}}`)],
    },
    {
      title: 'Heap used',
      description: 'By pod. A sawtooth is normal. A steady increase indicates a memory leak.',
      unit: 'bytes',
      queries: [byPod(`nodejs_heap_size_used_bytes{${selector}}`)],
    },
  ];
}

function nodeRuntime(selector: string): Section {
  const garbageCollection: Panel = {
    title: 'Garbage collection time',
    description:
      'Share of the time that a pod spends on garbage collection. Above 10 % the heap is too small.',
    unit: 'percentunit',
    queries: [rateBy(['pod'], `nodejs_gc_duration_seconds_sum{${selector}}`)],
  };
  const openFiles: Panel = {
    title: 'Open file descriptors',
    description: 'By pod, including sockets.',
    unit: 'none',
    queries: [byPod(`process_open_fds{${selector}}`)],
  };
  const restarts: Panel = {
    title: 'Process restarts, 1 hour',
    description: 'How often the process of a pod restarted.',
    unit: 'none',
    queries: [byPod(`changes(process_start_time_seconds{${selector}}[1h])`, 'sum')],
  };
  return {
    title: 'Node.js runtime',
    panels: [...memory(selector), eventLoopLag(selector), garbageCollection, openFiles, restarts],
  };
}

/** Postgres, Redis and the Node.js process. */
export function runtime(values: Values): DashboardDefinition {
  const selector = serviceSelector(values);
  return {
    title: 'Auth service / Runtime and dependencies',
    sections: [dependencies(selector), nodeRuntime(selector)],
  };
}
