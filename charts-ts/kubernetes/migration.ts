import { createHash } from 'node:crypto';
import { Construct } from 'constructs';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IContainer } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { labelsOf, metadata, names } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { container, podSpec } from './pod.ts';

/** Migrates under an advisory lock, so pods that start together run it one after the other; the later find nothing to do. */
export function migrationContainer(values: Values): IContainer {
  return container(values, 'migrate', values.migrations.resources, { args: ['migrate'] });
}

/**
 * The option to the init container. A Job is immutable, so its name carries a hash of its pod: a new image or
 * configuration is a new Job, the same one is left alone.
 */
export class MigrationJob extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const spec = podSpec(values, { containers: [migrationContainer(values)], restartPolicy: 'Never' });
    const hash = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 10);
    const name = `${names.migrate}-${hash}`;
    addObject<IJob>(this, 'job', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: metadata(values, name, { component: 'migrate', instance: name }),
      spec: {
        activeDeadlineSeconds: 900,
        backoffLimit: 3,
        ttlSecondsAfterFinished: 86_400,
        template: { metadata: { labels: labelsOf(values, 'migrate', name) }, spec },
      },
    });
  }
}
