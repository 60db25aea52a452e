import type { Values } from '../../values/schema.ts';
import { postgresAndRedis } from './dependencies.ts';
import { type DashboardDefinition, type Panel, panel } from './panel.ts';
import { byPod, rateBy } from './queries.ts';
import { eventLoopLag } from './saturation.ts';
import { badFrom } from './thresholds.ts';
import { selectedPods } from './variables.ts';

/** Share of the time of a process. Above it, garbage collection itself makes requests slow. */
const muchGarbageCollection = 0.1;

function memory(pods: string): Panel[] {
  return [
    panel('Resident memory', 'bytes', [byPod(`process_resident_memory_bytes{${pods}}`)], {
      description: 'By pod. Kubernetes kills a pod that exceeds its memory limit (OOMKilled).',
      thresholds: null,
      alerts: ['AuthMemoryNearLimit'],
    }),
    panel('Heap used', 'bytes', [byPod(`nodejs_heap_size_used_bytes{${pods}}`)], {
      description: 'By pod. A sawtooth is normal. A steady increase indicates a memory leak.',
      thresholds: null,
      alerts: ['AuthMemoryNearLimit'],
    }),
    panel(
      'Garbage collection time',
      'percentunit',
      [rateBy(['pod'], `nodejs_gc_duration_seconds_sum{${pods}}`)],
      {
        description:
          'Share of the time that a pod spends on garbage collection. Above 10 % the heap is too small.',
        thresholds: badFrom({ orange: muchGarbageCollection }),
        alerts: ['AuthEventLoopLag'],
      },
    ),
  ];
}

function processes(pods: string): Panel[] {
  const restarts = `changes(process_start_time_seconds{${pods}}[1h])`;
  return [
    eventLoopLag(pods),
    panel('Open file descriptors', 'none', [byPod(`process_open_fds{${pods}}`)], {
      description: 'By pod, including sockets.',
      thresholds: null,
    }),
    panel('Process restarts, 1 hour', 'none', [byPod(restarts, 'sum')], {
      description: 'How often the process of a pod restarted.',
      thresholds: badFrom({ orange: 1 }),
      alerts: ['AuthPodsRestarting'],
    }),
  ];
}

/** Postgres, Redis and the Node.js process. */
export function runtime(values: Values): DashboardDefinition {
  const pods = selectedPods(values);
  return {
    title: 'Auth service / Runtime and dependencies',
    description: 'Why requests are slow or fail: Postgres, Redis, and the processes of the pods.',
    sections: [
      { title: 'Postgres and Redis', panels: postgresAndRedis(values) },
      { title: 'Node.js runtime', panels: [...memory(pods), ...processes(pods)] },
    ],
  };
}
