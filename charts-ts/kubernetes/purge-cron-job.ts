import { Construct } from 'constructs';
import type { ICronJob } from 'kubernetes-models/batch/v1';
import { addObject } from '../manifest.ts';
import { metadata, names, standardLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { purgeArguments } from '../workload/process.ts';
import { configChecksum, container, podSpec } from './pod.ts';

/** Deletes expired rows once a day. If a run fails, the next run deletes its rows too. */
export class PurgeCronJob extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const args = purgeArguments(values.purge);
    const purge = container(values, 'purge', { name: 'purge', resources: values.purge.resources, args });
    const labels = standardLabels(values, 'purge', names.purge);
    addObject<ICronJob>(this, 'cron-job', {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: metadata(values, names.purge, { component: 'purge', instance: names.purge }),
      spec: {
        schedule: values.purge.schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 3_600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels },
          spec: {
            activeDeadlineSeconds: 1_800,
            backoffLimit: 2,
            ttlSecondsAfterFinished: 86_400,
            template: {
              metadata: { labels, annotations: configChecksum(values) },
              spec: podSpec(values, ['purge'], { containers: [purge], restartPolicy: 'Never' }),
            },
          },
        },
      },
    });
  }
}
