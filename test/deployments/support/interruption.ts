import { cleanUpAll } from '../../../tools/torture/harness/cleanup.ts';

let isPrepared = false;

/**
 * Makes an interrupted run stop the processes that it started and remove its files. A signal would otherwise end this process
 * without the event `exit`. Mocha forwards SIGINT together with SIGTERM, so only the first signal counts.
 */
export function cleanUpWhenInterrupted(): void {
  if (isPrepared) return;
  isPrepared = true;
  let isCleaning = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (isCleaning) return;
      isCleaning = true;
      void cleanUpAll().finally(() => process.exit(130));
    });
}
