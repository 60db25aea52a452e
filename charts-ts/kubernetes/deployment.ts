import { Construct } from 'constructs';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IPodTemplateSpec, IProbe } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import {
  apiContainer,
  apiSelector,
  installationSelector,
  metadata,
  namesOf,
  ports,
  probePaths,
  standardLabels,
} from '../names.ts';
import type { Values } from '../values/schema.ts';
import { migrationContainer } from './migration.ts';

import { container, podSpec } from './pod.ts';
import { withAffinity } from './pod-additions.ts';

function probe(path: string, periodSeconds: number, failureThreshold: number): IProbe {
  return { httpGet: { path, port: 'metrics' }, periodSeconds, failureThreshold, timeoutSeconds: 3 };
}

/**
 * Readiness needs Postgres and its schema. Liveness does not, because a restart of the pod does not repair them: it fails
 * only after the event loop of the process has been blocked for 30 seconds. Such a process cannot drain on SIGTERM, so the
 * kubelet need not wait for it.
 */
const probes = {
  startupProbe: probe(probePaths.live, 2, 30),
  livenessProbe: { ...probe(probePaths.live, 10, 3), terminationGracePeriodSeconds: 5 },
  readinessProbe: probe(probePaths.ready, 5, 2),
};

/** Spreads the pods over nodes and zones where possible. Required rules would leave pods pending in a small cluster. */
function placement(values: Values) {
  const labelSelector = { matchLabels: apiSelector(values) };
  return {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { labelSelector, topologyKey: 'kubernetes.io/hostname' } },
        ],
      },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: values.scheduling.zoneSpread,
        labelSelector,
        // Counts only the pods of the same rollout, so that old pods do not affect the placement of new ones.
        matchLabelKeys: ['pod-template-hash'],
      },
    ],
  };
}

function podTemplate(values: Values): IPodTemplateSpec {
  const api = container(values, 'serve', {
    name: apiContainer,
    resources: values.resources,
    ports: [
      { name: 'http', containerPort: ports.http, protocol: 'TCP' },
      { name: 'metrics', containerPort: ports.metrics, protocol: 'TCP' },
    ],
    ...probes,
  });
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
      ...(Object.keys(values.podAnnotations).length > 0 && { annotations: values.podAnnotations }),
    },
    spec: podSpec(values, commands, {
      containers: [api],
      ...(withMigration && { initContainers: [migrationContainer(values)] }),
      ...withAffinity(values, placement(values)),
      restartPolicy: 'Always',
      // The process drains on SIGTERM (DRAIN_DELAY), so it needs no preStop hook. preStop.sleep needs Kubernetes 1.30.
      terminationGracePeriodSeconds: values.rollout.gracePeriodSeconds,
    }),
  };
}

/** The Deployment of the API. A rollout never reduces the number of ready pods. */
export class Deployment extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { autoscaling, rollout } = values;
    addObject<IDeployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(values, namesOf(values).app, {
        labels: values.deploymentLabels,
        annotations: values.deploymentAnnotations,
      }),
      spec: {
        minReadySeconds: rollout.minReadySeconds,
        // The init container may wait until the migration of another pod has released the advisory lock.
        progressDeadlineSeconds: 900,
        // If an autoscaler is enabled, every kubectl apply with a number would undo its scaling.
        ...(!autoscaling.enabled && { replicas: values.replicas }),
        revisionHistoryLimit: rollout.revisionHistoryLimit,
        selector: { matchLabels: apiSelector(values) },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: rollout.maxSurge, maxUnavailable: 0 } },
        template: podTemplate(values),
      },
    });
  }
}
