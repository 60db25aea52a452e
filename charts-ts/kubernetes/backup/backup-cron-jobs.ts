import { Construct } from 'constructs';
import type { ICronJob } from 'kubernetes-models/batch/v1';
import type { Cloud } from '../../clouds/cloud.ts';
import { addObject } from '../../manifest.ts';
import { accountsOf, namesOf } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { backupArguments, drillArguments } from '../../workload/process.ts';
import { cronJob } from '../cron-job.ts';
import { addServiceAccount } from '../service-account.ts';
import { backupKeys, backupLabels, backupPod, targetOf } from './backup-pod.ts';

/**
 * Backups by a schedule, and the restore drill. Their pods have an identity of their own, so that a compromised pod of
 * the API cannot reach the backups.
 */
export class BackupCronJobs extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    const { backup } = values;
    const annotations = backup.identity ? cloud.workloadIdentity(backup.identity).annotations : {};
    const account = backup.serviceAccount;
    addServiceAccount(
      this,
      values,
      { ...account, name: accountsOf(values).backup, component: 'backup' },
      annotations,
    );
    const activeDeadlineSeconds = backup.deadlineMinutes * 60;
    const add = (name: string, component: 'backup' | 'drill', args: string[]) =>
      addObject<ICronJob>(
        this,
        component,
        cronJob(values, {
          name,
          component,
          labels: backupLabels(values, component, name),
          fields: { ...backup, ...(component === 'drill' && backup.drill), activeDeadlineSeconds },
          spec: backupPod(values, component === 'backup' ? 'backup' : 'restore', { name: component, args }),
        }),
      );
    add(namesOf(values).backup, 'backup', backupArguments(targetOf(values), backup, backupKeys));
    if (backup.drill.enabled)
      add(namesOf(values).drill, 'drill', drillArguments(targetOf(values), backup, backupKeys));
  }
}
