import { type App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { AdministratorJob } from './kubernetes/administrator-job.ts';
import { RestoreJob } from './kubernetes/backup/restore-job.ts';
import type { Values } from './values/schema.ts';

type Job = new (scope: Construct, id: string, values: Values) => Construct;

/** The folder of the Jobs below the manifests. `kubectl apply -f DIR` and Argo CD read no folder below DIR. */
export const jobsFolder = 'jobs/';

/** Jobs that an operator runs by hand, one in each file. */
export class JobsChart extends Chart {
  constructor(app: App, id: string, values: Values) {
    super(app, id, { disableResourceNameHashes: true });
    const jobs: [file: string, isEnabled: boolean, Job][] = [
      ['administrator', values.administrator.email !== undefined, AdministratorJob],
      ['restore', values.backup.enabled, RestoreJob],
    ];
    for (const [file, isEnabled, Job] of jobs) if (isEnabled) new Job(this, file, values);
  }
}
