import { setTimeout as sleep } from 'node:timers/promises';
import { loadValues } from '../../../charts-ts/values/load-values.ts';
import type { Cleanup } from './cleanup.ts';
import { ask } from './client.ts';
import type { Nginx } from './nginx.ts';
import type { Service } from './service.ts';

type Probe = ReturnType<typeof probeOfCharts>;

/** The readiness probe that the charts give to the pods of the API. */
export const probeOfCharts = () => loadValues('eks', { files: [], sets: [] }).probes.readiness;

/** The endpoints after a change, at a time in milliseconds since the epoch. */
interface Change {
  readonly at: number;
  readonly endpoints: readonly string[];
}

interface Endpoint {
  readonly url: string;
  isReady: boolean;
  /** Probes in a row with the other result. */
  streak: number;
  /** The status of each answer of /readyz, with its time. */
  readonly statuses: { readonly at: number; readonly status: string }[];
}

export interface EndpointController {
  readonly changes: readonly Change[];
  /** The fewest endpoints at any time of the window, in milliseconds since the epoch. */
  fewest(from: number, until: number): number;
  /** What the probes of a replica have answered in the window, each status once. */
  statuses(url: string, from: number, until: number): readonly string[];
  /** Ends the probes. */
  stop(): void;
}

/** As a kubelet judges a probe: a result must repeat as often as its threshold says before the state changes. */
function judge(endpoint: Endpoint, isPassing: boolean, probe: Probe): boolean {
  endpoint.streak = isPassing === endpoint.isReady ? 0 : endpoint.streak + 1;
  const threshold = isPassing ? probe.successThreshold : probe.failureThreshold;
  if (endpoint.streak < threshold) return false;
  endpoint.isReady = isPassing;
  endpoint.streak = 0;
  return true;
}

/**
 * Sends requests to the replicas that are ready, as Kubernetes does: it asks each replica with the readiness probe of the
 * charts, and gives nginx the addresses of those that pass. Without one, nginx answers 503.
 */
export function startEndpointController(options: {
  replicas: readonly Service[];
  nginx: Pick<Nginx, 'route'>;
  cleanup: Cleanup;
}): EndpointController {
  const { cleanup, nginx, replicas } = options;
  const probe = probeOfCharts();
  const endpoints = replicas.map(({ url }): Endpoint => ({ url, isReady: true, streak: 0, statuses: [] }));
  const changes: Change[] = [{ at: 0, endpoints: endpoints.map(({ url }) => url) }];
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
  };
  cleanup.add(stop);

  async function probeOnce(endpoint: Endpoint, managementUrl: string): Promise<void> {
    const timeout = probe.timeoutSeconds * 1_000;
    const { body, status } = await ask(managementUrl, 'GET /readyz', { timeout });
    if (isStopped) return;
    endpoint.statuses.push({ at: Date.now(), status: body?.status ?? 'no answer' });
    if (!judge(endpoint, status >= 200 && status < 400, probe)) return;
    const ready = endpoints.filter(({ isReady }) => isReady).map(({ url }) => url);
    changes.push({ at: Date.now(), endpoints: ready });
    nginx.route(ready);
  }

  async function probeForever(endpoint: Endpoint, managementUrl: string): Promise<void> {
    while (!isStopped) {
      const next = sleep(probe.periodSeconds * 1_000, undefined, { ref: false });
      await probeOnce(endpoint, managementUrl);
      await next;
    }
  }

  for (const [index, endpoint] of endpoints.entries())
    void probeForever(endpoint, replicas[index]?.managementUrl ?? '');
  return {
    changes,
    fewest(from, until) {
      const before = changes.findLast(({ at }) => at < from);
      const within = changes.filter(({ at }) => at >= from && at < until);
      return Math.min(...[...(before ? [before] : []), ...within].map((change) => change.endpoints.length));
    },
    statuses(url, from, until) {
      const all = endpoints.find((endpoint) => endpoint.url === url)?.statuses ?? [];
      return [...new Set(all.filter(({ at }) => at >= from && at < until).map(({ status }) => status))];
    },
    stop,
  };
}
