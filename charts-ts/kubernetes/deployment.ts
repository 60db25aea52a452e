import { Construct } from 'constructs';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IPodTemplateSpec } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import {
  apiContainer,
  apiSelector,
  installationSelector,
  metadata,
  namesOf,
  ports,
  standardLabels,
} from '../names.ts';
import type { Values } from '../values/schema.ts';
import { serveArguments } from '../workload/process.ts';
import { migrationContainer } from './migration.ts';
import { placement } from './placement.ts';
import { container, podSpec } from './pod.ts';
import { withAffinity } from './pod-additions.ts';
import { portKeeperContainer } from './port-keeper.ts';
import { probes } from './probes.ts';

function podTemplate(values: Values): IPodTemplateSpec {
  const api = container(values, 'serve', {
    name: apiContainer,
    args: [...serveArguments],
    resources: values.resources,
    ports: [
      { name: 'http', containerPort: ports.http, protocol: 'TCP' },
      { name: 'metrics', containerPort: ports.metrics, protocol: 'TCP' },
    ],
    ...probes(values),
  });
  const { enabled: withKeeper } = values.portKeeper;
  const annotations = {
    // Of `kubectl logs` and `kubectl exec` without a container.
    ...(withKeeper && { 'kubectl.kubernetes.io/default-container': apiContainer }),
    ...values.podAnnotations,
  };
  const withMigration = values.migrations.mode === 'initContainer';
  const commands = withMigration ? (['migrate', 'serve'] as const) : (['serve'] as const);
  return {
    metadata: {
      labels: {
        ...standardLabels(values, 'api'),
        ...values.podLabels,
        ...apiSelector(values),
        ...installationSelector(values),
      },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: podSpec(values, commands, {
      containers: [api, ...(withKeeper ? [portKeeperContainer(values)] : [])],
      ...(withMigration && { initContainers: [migrationContainer(values)] }),
      ...withAffinity(values, placement(values)),
      restartPolicy: 'Always',
      // The process drains on SIGTERM (DRAIN_DELAY), so it needs no preStop hook. preStop.sleep needs Kubernetes 1.30.
      terminationGracePeriodSeconds: values.rollout.gracePeriodSeconds,
    }),
  };
}

/** The number of pods, unless something else decides it: every kubectl apply with a number would undo its scaling. */
function fixedReplicas({ autoscaling, replicas }: Values): { replicas?: number } {
  return autoscaling.enabled || replicas === undefined ? {} : { replicas };
}

/** The Deployment of the API. By default a rollout never reduces the number of ready pods. */
export class Deployment extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { maxSurge, maxUnavailable, minReadySeconds, progressDeadlineSeconds, revisionHistoryLimit } =
      values.rollout;
    addObject<IDeployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(values, namesOf(values).app, {
        labels: values.deploymentLabels,
        annotations: values.deploymentAnnotations,
      }),
      spec: {
        minReadySeconds,
        progressDeadlineSeconds,
        ...fixedReplicas(values),
        revisionHistoryLimit,
        selector: { matchLabels: apiSelector(values) },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
        template: podTemplate(values),
      },
    });
  }
}
