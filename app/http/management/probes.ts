import type { ManagementLimits } from './limits.ts';
import type { Answer, PublishedReadiness } from './messages.ts';

type ProbeAnswer = Answer & { readonly body: string };

function probeAnswer(isPassing: boolean, body: object): ProbeAnswer {
  return { status: isPassing ? 200 : 503, type: 'application/json', body: JSON.stringify(body) };
}

/**
 * The answers of the probes, from what the main thread has last shown. Ages are counted in ticks of this thread and not
 * read from a clock: while a container is frozen or a laptop sleeps, no thread runs, and no age may grow.
 * @param heartbeats the number of heartbeats so far
 */
export function createProbes(limits: ManagementLimits, heartbeats: () => number) {
  let lastHeartbeat = heartbeats();
  let silence = 0;
  let published: { readonly readiness: PublishedReadiness; age: number } | null = null;

  function observe(): void {
    const latest = heartbeats();
    if (latest !== lastHeartbeat) silence = 0;
    lastHeartbeat = latest;
  }

  return {
    /** Called every `limits.heartbeat` milliseconds. */
    tick(): void {
      silence += limits.heartbeat;
      if (published) published.age += limits.heartbeat;
      observe();
    },
    publish(readiness: PublishedReadiness): void {
      published = { readiness, age: 0 };
    },
    /** 503 only if the process cannot recover by itself. A store that is down is no reason to restart. */
    liveness(): ProbeAnswer {
      observe();
      const isLive = silence < limits.unresponsive;
      const status = isLive ? 'live' : 'main_thread_blocked';
      return probeAnswer(isLive, { status, seconds_without_heartbeat: Math.floor(silence / 1_000) });
    },
    /** The body of `GET /api/v1/health/ready`, and the age of the checks if that is why the replica is not ready. */
    readiness(): ProbeAnswer {
      if (!published) return probeAnswer(false, { status: 'not_ready', checks: null });
      const { age, readiness } = published;
      if (age < limits.readinessAge) return probeAnswer(readiness.status !== 'not_ready', readiness);
      const seconds = Math.floor(age / 1_000);
      return probeAnswer(false, { ...readiness, status: 'not_ready', seconds_since_checks: seconds });
    },
  };
}
