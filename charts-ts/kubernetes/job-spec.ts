import type { IJobSpec } from 'kubernetes-models/batch/v1';
import type { IPodSpec } from 'kubernetes-models/v1';
import type { Values } from '../values/schema.ts';

/** The fields of a Job that values set. */
type JobFields = Pick<
  Values['administrator'],
  'activeDeadlineSeconds' | 'backoffLimit' | 'ttlSecondsAfterFinished'
>;

interface JobParts {
  readonly fields: JobFields;
  /** Of the pods, beside those that `jobs.podLabels` adds. */
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: IPodSpec;
}

/** The spec of every Job, also of those that a CronJob creates. */
export function jobSpec({ jobs }: Values, { fields, labels, spec }: JobParts): IJobSpec {
  const { activeDeadlineSeconds, backoffLimit, ttlSecondsAfterFinished } = fields;
  return {
    activeDeadlineSeconds,
    backoffLimit,
    ...(ttlSecondsAfterFinished !== undefined && { ttlSecondsAfterFinished }),
    template: {
      metadata: {
        labels: { ...labels, ...jobs.podLabels },
        ...(Object.keys(jobs.podAnnotations).length > 0 && { annotations: jobs.podAnnotations }),
      },
      spec,
    },
  };
}
