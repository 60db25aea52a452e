import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cgroup } from './cgroup.ts';
import type { Cleanup } from './cleanup.ts';
import { ask } from './client.ts';
import type { Service } from './service.ts';
import { percentile } from './statistics.ts';

/** Milliseconds. */
const livenessInterval = 250;
const clientInterval = 50;
const timeout = 10_000;
/** The address of the regular client. */
const localAddress = '127.0.0.9';

/** What kubelet, a regular client and the kernel saw since the last reset. */
export interface Watched {
  /** Milliseconds of the slowest answer to the liveness probe; infinite when one failed. */
  readonly liveness: number;
  /** Milliseconds of the regular client's requests. */
  latency(q: number): number;
  /** The highest working set in bytes. */
  readonly memory: number;
  /** Answers to the regular client that were not 200. */
  readonly failures: readonly string[];
}

/** Calls the liveness probe on new connections, as kubelet does, and GET /users/me from an address of its own. */
export function startWatch(options: { service: Service; cgroup: Cgroup; token: string; cleanup: Cleanup }) {
  const { service, cgroup, token, cleanup } = options;
  const agent = new Agent({ keepAlive: true, localAddress });
  let stopped = false;
  let liveness: number[] = [];
  let latencies: number[] = [];
  let failures: string[] = [];
  let memory = 0;
  cleanup.add(() => {
    stopped = true;
    agent.destroy();
  });

  async function probe(): Promise<void> {
    while (!stopped) {
      const { status, ms } = await ask(service.managementUrl, 'GET /livez', { timeout });
      liveness.push(status === 200 ? ms : Number.POSITIVE_INFINITY);
      memory = Math.max(memory, cgroup.workingSet());
      await sleep(livenessInterval);
    }
  }

  async function readOwnUser(): Promise<void> {
    while (!stopped) {
      const { status, ms, error } = await ask(service.url, 'GET /api/v1/users/me', { token, agent, timeout });
      latencies.push(ms);
      if (status !== 200) failures.push(error ?? String(status));
      await sleep(clientInterval);
    }
  }

  void probe();
  void readOwnUser();
  return {
    reset(): void {
      [liveness, latencies, failures, memory] = [[], [], [], 0];
    },
    result: (): Watched => ({
      liveness: Math.max(...liveness),
      latency: (q) => percentile(latencies, q),
      memory,
      failures,
    }),
  };
}
