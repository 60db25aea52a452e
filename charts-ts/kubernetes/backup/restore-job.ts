import { Construct } from 'constructs';
import type { IJob } from 'kubernetes-models/batch/v1';
import { addObject } from '../../manifest.ts';
import { namesOf } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { restoreArguments } from '../../workload/process.ts';
import { oneOffJob } from '../one-off-job.ts';
import { backupKeys, backupLabels, backupPod, targetOf } from './backup-pod.ts';

/** Restores a backup. It is not tried again, because an operator has to read why it failed. */
export class RestoreJob extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { backup } = values;
    const args = restoreArguments(targetOf(values), { ...backup, ...backup.restore }, backupKeys);
    addObject<IJob>(
      this,
      'job',
      oneOffJob(values, {
        name: namesOf(values).restore,
        component: 'restore',
        labels: backupLabels(values, 'restore', namesOf(values).restore),
        fields: { ...backup, activeDeadlineSeconds: backup.deadlineMinutes * 60, backoffLimit: 0 },
        spec: backupPod(values, 'restore', { name: 'restore', args }),
      }),
    );
  }
}
