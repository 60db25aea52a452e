import type { Values } from '../values/schema.ts';
import { scheduleFault } from '../workload/cron.ts';

/** Schedules that the API server accepts. */
export function* checkJobs({ backup, purge }: Values): Iterable<string> {
  const schedules = {
    'purge.schedule': purge.schedule,
    'backup.schedule': backup.schedule,
    'backup.drill.schedule': backup.drill.schedule,
  };
  for (const [path, schedule] of Object.entries(schedules)) {
    const fault = scheduleFault(schedule);
    if (fault) yield `${path}: ${fault}`;
  }
}
