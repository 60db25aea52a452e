import { createHash } from 'node:crypto';
import { Construct } from 'constructs';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IContainer } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { metadata, namesOf, standardLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { migrateArguments } from '../workload/process.ts';
import { container, podSpec } from './pod.ts';

/** Migrates the database under an advisory lock. If several pods start together, the first one migrates. */
export function migrationContainer(values: Values): IContainer {
  const { resources } = values.migrations;
  return container(values, 'migrate', { name: 'migrate', resources, args: [...migrateArguments] });
}

/**
 * Migrates the database in a Job instead of in an init container. A Job is immutable, so its name contains a hash of its
 * pod spec: a new image or configuration creates a new Job.
 */
export class MigrationJob extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const spec = podSpec(values, ['migrate'], {
      containers: [migrationContainer(values)],
      restartPolicy: 'Never',
    });
    const hash = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 10);
    const name = `${namesOf(values).migrate}-${hash}`;
    addObject<IJob>(this, 'job', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: metadata(values, name, { component: 'migrate', instance: name }),
      spec: {
        activeDeadlineSeconds: 900,
        backoffLimit: 3,
        ttlSecondsAfterFinished: 86_400,
        template: { metadata: { labels: standardLabels(values, 'migrate', name) }, spec },
      },
    });
  }
}
