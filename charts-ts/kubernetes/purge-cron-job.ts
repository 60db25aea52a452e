import { Construct } from 'constructs';
import type { ICronJob } from 'kubernetes-models/batch/v1';
import { addObject } from '../manifest.ts';
import { namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { purgeArguments } from '../workload/process.ts';
import { cronJob } from './cron-job.ts';
import { container, podSpec } from './pod.ts';

/** Deletes expired rows once a day. If a run fails, the next run deletes its rows too. */
export class PurgeCronJob extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const args = purgeArguments(values.purge);
    const purge = container(values, 'purge', { name: 'purge', resources: values.purge.resources, args });
    addObject<ICronJob>(
      this,
      'cron-job',
      cronJob(values, {
        name: namesOf(values).purge,
        component: 'purge',
        fields: values.purge,
        spec: podSpec(values, ['purge'], { containers: [purge], restartPolicy: 'Never' }),
      }),
    );
  }
}
