import type { ICronJob } from 'kubernetes-models/batch/v1';
import type { IPodSpec } from 'kubernetes-models/v1';
import { metadata, standardLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';

interface Scheduled {
  readonly name: string;
  readonly component: string;
  readonly schedule: string;
  /** Of the pods. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly deadlineSeconds: number;
  /** How often Kubernetes starts the pod again after a failure. */
  readonly retries: number;
  readonly spec: IPodSpec;
}

/** A command that runs by the schedule, in UTC, and never twice at the same time. */
export function cronJob(
  values: Values,
  { component, deadlineSeconds, name, retries, schedule, spec, ...rest }: Scheduled,
): ICronJob {
  const { labels = standardLabels(values, component, name) } = rest;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata(values, name, { component, instance: name }),
    spec: {
      schedule,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3_600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels },
        spec: {
          activeDeadlineSeconds: deadlineSeconds,
          backoffLimit: retries,
          ttlSecondsAfterFinished: 86_400,
          template: { metadata: { labels }, spec },
        },
      },
    },
  };
}
