import { createHash } from 'node:crypto';
import { Construct } from 'constructs';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IContainer, IPodSpec } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { metadata, namesOf, standardLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { migrateArguments } from '../workload/process.ts';
import { jobSpec } from './job-spec.ts';
import { container, podSpec } from './pod.ts';

/** Migrates the database under an advisory lock. If several pods start together, the first one migrates. */
export function migrationContainer(values: Values): IContainer {
  const { resources } = values.migrations;
  return container(values, 'migrate', { name: 'migrate', resources, args: [...migrateArguments] });
}

/** Changes with everything in the pod template, which is immutable. */
function hashOf({ commonAnnotations, commonLabels, jobs }: Values, spec: IPodSpec): string {
  const added = [commonLabels, commonAnnotations, jobs.podLabels, jobs.podAnnotations];
  const isChanged = added.some((one) => Object.keys(one).length > 0);
  const text = JSON.stringify(isChanged ? [spec, ...added] : spec);
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

/**
 * Migrates the database in a Job instead of in an init container. A Job is immutable, so its name contains a hash of its
 * pod template: a new image or configuration creates a new Job.
 */
export class MigrationJob extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const spec = podSpec(values, ['migrate'], {
      containers: [migrationContainer(values)],
      restartPolicy: 'Never',
    });
    const name = `${namesOf(values).migrate}-${hashOf(values, spec)}`;
    const { suspend } = values.migrations;
    const { annotations, labels } = values.jobs;
    addObject<IJob>(this, 'job', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: metadata(values, name, { component: 'migrate', instance: name, labels, annotations }),
      spec: {
        ...jobSpec(values, {
          fields: values.migrations,
          labels: standardLabels(values, 'migrate', name),
          spec,
        }),
        ...(suspend && { suspend }),
      },
    });
  }
}
