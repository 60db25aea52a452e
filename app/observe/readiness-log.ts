import type { Logger, LogOf } from './log.ts';

/** The answer of a readiness check, as far as the log needs it. */
interface CheckedReadiness {
  readonly status: string;
  readonly checks: Readonly<Record<string, string | boolean>>;
}

/** What a check says while nothing is wrong. */
const healthy: ReadonlySet<string | boolean> = new Set(['up', 'current', 'usable', false]);

/**
 * Logs the result of a readiness check when it differs from the one before. Probes ask every few seconds, so a line for
 * each of them would hide the change.
 */
export function createReadinessLog(log: Logger) {
  const lines: LogOf<'readiness_changed', 'info' | 'warn'> = log;
  let last = '';

  return function logReadiness({ status, checks }: CheckedReadiness): void {
    const current = JSON.stringify({ status, checks });
    if (current === last) return;
    last = current;
    // A replica that drains is as it should be.
    const isHealthy = Object.entries(checks).every(
      ([name, result]) => name === 'draining' || healthy.has(result),
    );
    const message = `the replica is ${status.replace('_', ' ')}`;
    lines[isHealthy ? 'info' : 'warn']({ event: 'readiness_changed', readiness: status, checks }, message);
  };
}
