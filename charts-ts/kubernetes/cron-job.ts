import type { ICronJob } from 'kubernetes-models/batch/v1';
import type { IPodSpec } from 'kubernetes-models/v1';
import { metadata, standardLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { jobSpec } from './job-spec.ts';

/** The fields of a CronJob and of its Jobs that values set. */
type CronFields = Omit<Values['purge'], 'enabled' | 'keepMonths' | 'keepAuditMonths' | 'resources'>;

interface Scheduled {
  readonly name: string;
  readonly component: string;
  readonly fields: CronFields;
  /** Of the pods. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec: IPodSpec;
}

/** A command that runs by the schedule, and never twice at the same time. */
export function cronJob(values: Values, { component, fields, name, spec, ...rest }: Scheduled): ICronJob {
  const { labels = standardLabels(values, component, name) } = rest;
  const { annotations, labels: jobLabels } = values.jobs;
  const { suspend } = fields;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata(values, name, { component, instance: name, labels: jobLabels, annotations }),
    spec: {
      schedule: fields.schedule,
      timeZone: fields.timeZone,
      ...(suspend && { suspend }),
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: fields.startingDeadlineSeconds,
      successfulJobsHistoryLimit: fields.successfulJobsHistoryLimit,
      failedJobsHistoryLimit: fields.failedJobsHistoryLimit,
      jobTemplate: {
        metadata: {
          labels: { ...labels, ...jobLabels },
          ...(Object.keys(annotations).length > 0 && { annotations }),
        },
        spec: jobSpec(values, { fields, labels, spec }),
      },
    },
  };
}
