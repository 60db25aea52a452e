import type { IJob } from 'kubernetes-models/batch/v1';
import type { IPodSpec } from 'kubernetes-models/v1';
import { metadata, standardLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';

interface OneOff {
  readonly name: string;
  readonly component: string;
  /** Of the pods. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly deadlineSeconds: number;
  /** How often Kubernetes starts the pod again after a failure. */
  readonly retries: number;
  readonly spec: IPodSpec;
}

/**
 * A Job for `kubectl create -f`, which gives each run a name of its own. `kubectl apply` refuses an object without a name,
 * so that a mistaken folder or --recursive runs nothing.
 */
export function oneOffJob(
  values: Values,
  { component, deadlineSeconds, name, retries, spec, ...rest }: OneOff,
): IJob {
  const { labels = standardLabels(values, component, name) } = rest;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...metadata(values, name, { component, instance: name }),
      // reason: cdk8s would invent a name if the key were missing, and the type of kubernetes-models has no undefined.
      name: undefined as unknown as string,
      generateName: `${name}-`,
    },
    spec: {
      activeDeadlineSeconds: deadlineSeconds,
      backoffLimit: retries,
      ttlSecondsAfterFinished: 86_400,
      template: { metadata: { labels }, spec },
    },
  };
}
