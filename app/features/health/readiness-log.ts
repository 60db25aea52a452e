import type { Logger, LogOf } from '../../observe/log.ts';
import type { ReadinessAnswer } from './readiness.ts';

const messages = {
  ready: 'the replica is ready',
  degraded: 'Postgres is unavailable: the replica stays ready for token checks and answers logins with 503',
  not_ready: 'the replica is not ready; the checks say why',
} as const;

/** Logs each change of the readiness after the first check. A drain has a log line of its own. */
export function createReadinessLog(log: Logger): (answer: ReadinessAnswer) => void {
  const lines: LogOf<'readiness_changed', 'info' | 'warn'> = log;
  let last: ReadinessAnswer['status'] | null = null;
  return ({ checks, status }) => {
    const hasChanged = last !== null && last !== status && !checks.draining;
    last = status;
    if (!hasChanged) return;
    lines[status === 'ready' ? 'info' : 'warn'](
      // `status` is the status of a response everywhere else in the log.
      { event: 'readiness_changed', readiness: status, checks },
      messages[status],
    );
  };
}
