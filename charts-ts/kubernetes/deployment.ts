import { Construct } from 'constructs';
import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IPodTemplateSpec, IProbe } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { healthPaths, labelsOf, metadata, names, ports, selector } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { migrationContainer } from './migration.ts';
import { configChecksum, container, podSpec } from './pod.ts';

function probe(path: string, periodSeconds: number, failureThreshold: number): IProbe {
  return { httpGet: { path, port: 'http' }, periodSeconds, failureThreshold, timeoutSeconds: 3 };
}

/** Liveness must not ask Postgres or Redis: restarting pods does not mend them. Readiness does ask. */
const probes = {
  startupProbe: probe(healthPaths.live, 2, 30),
  livenessProbe: probe(healthPaths.live, 10, 3),
  readinessProbe: probe(healthPaths.ready, 5, 2),
};

/** Spread over nodes and zones as far as they go: required rules would leave pods of a small cluster pending. */
function placement(values: Values) {
  const labelSelector = { matchLabels: selector };
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
        // Counts each rollout's pods by themselves, else the old ones would skew where the new ones go.
        matchLabelKeys: ['pod-template-hash'],
      },
    ],
  };
}

function podTemplate(values: Values): IPodTemplateSpec {
  const api = container(values, names.app, values.resources, {
    ports: [
      { name: 'http', containerPort: ports.http, protocol: 'TCP' },
      { name: 'metrics', containerPort: ports.metrics, protocol: 'TCP' },
    ],
    ...probes,
  });
  return {
    metadata: {
      labels: { ...labelsOf(values, 'api'), ...values.podLabels, ...selector },
      annotations: { ...values.podAnnotations, ...configChecksum(values) },
    },
    spec: podSpec(values, {
      containers: [api],
      ...(values.migrations.mode === 'initContainer' && { initContainers: [migrationContainer(values)] }),
      ...placement(values),
      restartPolicy: 'Always',
      // The process itself drains on SIGTERM (DRAIN_DELAY), so there is no preStop hook: sleep would need 1.30.
      terminationGracePeriodSeconds: values.rollout.gracePeriodSeconds,
    }),
  };
}

/** The API: never fewer ready pods than wanted, also during a rollout. */
export class ApiDeployment extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { autoscaling, rollout } = values;
    addObject<IDeployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata(values, names.app),
      spec: {
        minReadySeconds: rollout.minReadySeconds,
        // A migration may wait for another pod's advisory lock before its own pod starts.
        progressDeadlineSeconds: 900,
        // With an HPA every apply of a number would undo its scaling.
        ...(!autoscaling.enabled && { replicas: values.replicas }),
        revisionHistoryLimit: rollout.revisionHistoryLimit,
        selector: { matchLabels: selector },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: rollout.maxSurge, maxUnavailable: 0 } },
        template: podTemplate(values),
      },
    });
  }
}
