import type { Values } from '../values/schema.ts';
import { type DashboardDefinition, type Panel, quantile, rate, type Section, type Unit } from './panel.ts';
import { ownSeries } from './rule.ts';

/** The present value of a gauge on every pod. */
function perPod(title: string, description: string, unit: Unit, gauge: string, own: string): Panel {
  return {
    title,
    description,
    unit,
    queries: [{ expr: `max by (pod) (${gauge}{${own}})`, legend: '{{pod}}' }],
  };
}

function stores(own: string): Section {
  return {
    title: 'Postgres and Redis',
    panels: [
      {
        title: 'Degraded',
        description: '1 while a pod cannot reach a store, or the store refuses to write.',
        unit: 'none',
        queries: [{ expr: `max by (dependency) (auth_degraded{${own}})`, legend: '{{dependency}}' }],
      },
      {
        title: 'Query latency',
        description: 'Seconds, the wait for a connection included.',
        unit: 's',
        queries: [0.5, 0.95, 0.99].map((q) => ({
          expr: quantile(q, 'auth_postgres_query_duration_seconds', own),
          legend: `p${q * 100}`,
        })),
      },
      {
        title: 'Queries',
        description: 'A second, by outcome. A taken email is an error to Postgres, too.',
        unit: 'cps',
        queries: [
          {
            expr: `sum by (outcome) (${rate(`auth_postgres_query_duration_seconds_count{${own}}`)})`,
            legend: '{{outcome}}',
          },
        ],
      },
      {
        title: 'Connections',
        description: 'Open ones by what they do, those the pools may open, and queries without one.',
        unit: 'none',
        queries: [
          {
            expr: `sum by (pool, state) (auth_postgres_connections{${own}})`,
            legend: '{{pool}} {{state}}',
          },
          { expr: `sum by (pool) (auth_postgres_pool_size{${own}})`, legend: '{{pool}} allowed' },
          { expr: `sum by (pool) (auth_postgres_pool_waiting{${own}})`, legend: '{{pool}} waiting' },
        ],
      },
      {
        title: 'Redis latency',
        description: 'Seconds; 0.25 is where the service gives a command up.',
        unit: 's',
        queries: [0.5, 0.95, 0.99].map((q) => ({
          expr: quantile(q, 'auth_redis_command_duration_seconds', own),
          legend: `p${q * 100}`,
        })),
      },
      {
        title: 'Redis commands',
        description: 'A second, by outcome. Above a fifth of errors an alert fires, connected or not.',
        unit: 'cps',
        queries: [
          {
            expr: `sum by (outcome) (${rate(`auth_redis_command_duration_seconds_count{${own}}`)})`,
            legend: '{{outcome}}',
          },
        ],
      },
      {
        title: 'Redis connections',
        description: 'Pods whose connection for commands, or for messages of other pods, is ready.',
        unit: 'none',
        queries: [{ expr: `sum by (connection) (auth_redis_connected{${own}})`, legend: '{{connection}}' }],
      },
      {
        title: 'Time since the purge',
        description: 'It runs daily; above 50 hours an alert fires.',
        unit: 's',
        queries: [{ expr: `min(auth_last_purge_age_seconds{${own}})`, legend: 'lag' }],
      },
    ],
  };
}

function node(own: string): Section {
  return {
    title: 'Node',
    panels: [
      perPod(
        'Resident memory',
        'Bytes; beyond the limit the pod is killed.',
        'bytes',
        'process_resident_memory_bytes',
        own,
      ),
      perPod(
        'Heap used',
        'Bytes; a saw-tooth is healthy, a ramp is a leak.',
        'bytes',
        'nodejs_heap_size_used_bytes',
        own,
      ),
      perPod('Event-loop lag, p99', 'Seconds.', 's', 'nodejs_eventloop_lag_p99_seconds', own),
      {
        title: 'Garbage collection',
        description: 'Share of its time that a pod spends collecting. Above a tenth its heap is too small.',
        unit: 'percentunit',
        queries: [
          { expr: `sum by (pod) (${rate(`nodejs_gc_duration_seconds_sum{${own}}`)})`, legend: '{{pod}}' },
        ],
      },
      perPod('Open files', 'Sockets among them.', 'none', 'process_open_fds', own),
      {
        title: 'Starts, 1 hour',
        description: 'How often the process of a pod began anew.',
        unit: 'none',
        queries: [
          { expr: `sum by (pod) (changes(process_start_time_seconds{${own}}[1h]))`, legend: '{{pod}}' },
        ],
      },
    ],
  };
}

/** What the service leans on. */
export function runtime(values: Values): DashboardDefinition {
  const own = ownSeries(values);
  return { title: 'Auth service: runtime and dependencies', sections: [stores(own), node(own)] };
}
