import type { IJob } from 'kubernetes-models/batch/v1';
import type { IPodSpec } from 'kubernetes-models/v1';
import { metadata, standardLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { jobSpec } from './job-spec.ts';

interface OneOff {
  readonly name: string;
  readonly component: string;
  /** Of the pods. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly fields: Pick<
    Values['administrator'],
    'activeDeadlineSeconds' | 'backoffLimit' | 'ttlSecondsAfterFinished'
  >;
  readonly spec: IPodSpec;
}

/**
 * A Job for `kubectl create -f`, which gives each run a name of its own. `kubectl apply` refuses an object without a name,
 * so that a mistaken folder or --recursive runs nothing.
 */
export function oneOffJob(values: Values, { component, fields, name, spec, ...rest }: OneOff): IJob {
  const { labels = standardLabels(values, component, name) } = rest;
  const { annotations, labels: jobLabels } = values.jobs;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...metadata(values, name, { component, instance: name, labels: jobLabels, annotations }),
      // reason: cdk8s would invent a name if the key were missing, and the type of kubernetes-models has no undefined.
      name: undefined as unknown as string,
      generateName: `${name}-`,
    },
    spec: jobSpec(values, { fields, labels, spec }),
  };
}
