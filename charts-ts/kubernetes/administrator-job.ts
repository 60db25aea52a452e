import { Construct } from 'constructs';
import type { IJob } from 'kubernetes-models/batch/v1';
import { addObject } from '../manifest.ts';
import { namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { oneOffJob } from './one-off-job.ts';
import { container, type Mounts, podSpec } from './pod.ts';
import { paths, secretOf } from './settings.ts';

/** Creates the first administrator. A second run finds the account and changes nothing. */
export class AdministratorJob extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { email = '', resources, username = '' } = values.administrator;
    const { key, name: secretName } = secretOf(values, 'administrator-password');
    const items = [{ key, path: 'password' }];
    const password = { name: 'administrator', secret: { secretName, defaultMode: 0o440, items } };
    const mounts: Mounts = { [paths.administrator]: password };
    const administrator = container(values, 'admin', {
      name: 'administrator',
      resources,
      mounts,
      args: [
        ...['admin', 'create', '--if-missing', '--email', email, '--username', username],
        // A file, so that the password is neither an argument nor a variable.
        ...['--password-file', `${paths.administrator}/password`],
      ],
    });
    const spec = podSpec(values, ['admin'], { containers: [administrator], mounts, restartPolicy: 'Never' });
    addObject<IJob>(
      this,
      'job',
      oneOffJob(values, {
        name: namesOf(values).administrator,
        component: 'administrator',
        fields: values.administrator,
        spec,
      }),
    );
  }
}
