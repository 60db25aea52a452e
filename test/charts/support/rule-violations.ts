import type { Document } from '../../../charts-ts/gate/document.ts';
import { monitorViolations } from './monitor-violations.ts';
import { addTo as add, networkViolations, type Violate } from './network-violations.ts';
import { podViolations } from './pod-violations.ts';
import { configurationOf, type Loose, only } from './synthesized.ts';

const pod = (documents: Document[]): Loose => only(documents, 'Deployment').spec.template.spec;
const api = (documents: Document[]): Loose => pod(documents).containers[0];
const init = (documents: Document[]): Loose => pod(documents).initContainers[0];
const purge = (documents: Document[]): Loose =>
  only(documents, 'CronJob').spec.jobTemplate.spec.template.spec.containers[0];

function remove(documents: Document[], kind: string): void {
  documents.splice(
    documents.findIndex(({ object }) => object.kind === kind),
    1,
  );
}

/** For each rule of the gate, a change to valid manifests that violates it. */
export const ruleViolations: Readonly<Record<string, Violate>> = {
  ...podViolations,
  ...networkViolations,
  'image-pinned': (all) => {
    init(all).image = 'registry.example.com/auth-service:latest';
  },
  'image-pull-policy': (all) => {
    purge(all).imagePullPolicy = 'IfNotPresent';
  },
  'run-as-user': (all) => {
    init(all).securityContext.runAsUser = 1000;
  },
  'seccomp-profile': (all) => {
    delete purge(all).securityContext.seccompProfile;
  },
  'privilege-escalation': (all) => {
    init(all).securityContext.allowPrivilegeEscalation = true;
  },
  privileged: (all) => {
    api(all).securityContext.privileged = true;
  },
  'read-only-root': (all) => {
    delete purge(all).securityContext.readOnlyRootFilesystem;
  },
  capabilities: (all) => {
    api(all).securityContext.capabilities = { drop: ['ALL'], add: ['NET_ADMIN'] };
  },
  resources: (all) => {
    delete init(all).resources.requests.memory;
  },
  'duplicate-env': (all) => {
    api(all).env.push({ name: 'PORT', value: '8001' });
  },
  'named-env': (all) => {
    api(all).envFrom = [{ configMapRef: { name: 'auth-service-config' } }];
  },
  'secret-literals': (all) => {
    api(all).env.push({ name: 'JWT_SECRET_KEY', value: 'literal' });
  },
  'owner-url': (all) => {
    [api(all).env, api(all).volumeMounts] = [init(all).env, init(all).volumeMounts];
  },
  'secrets-as-files': (all) => {
    api(all).env.push({
      name: 'OTHER',
      valueFrom: { secretKeyRef: { name: 'auth-secrets', key: 'db-url' } },
    });
  },
  'host-ports': (all) => {
    api(all).ports[0].hostPort = 8000;
  },
  'host-access': (all) => {
    pod(all).hostNetwork = true;
  },
  volumes: (all) => {
    pod(all).volumes.push({ name: 'host', hostPath: { path: '/' } });
  },
  'service-account': (all) => {
    remove(all, 'ServiceAccount');
  },
  'service-account-token': (all) => {
    delete only(all, 'ServiceAccount').automountServiceAccountToken;
  },
  'priority-class': (all) => {
    delete pod(all).priorityClassName;
  },
  'service-links': (all) => {
    delete pod(all).enableServiceLinks;
  },
  labels: (all) => {
    only(all, 'CronJob').metadata.labels['app.kubernetes.io/instance'] = 'other';
  },
  probes: (all) => {
    api(all).readinessProbe.httpGet.path = api(all).livenessProbe.httpGet.path;
  },
  'probe-port': (all) => {
    api(all).livenessProbe.httpGet.port = 'http';
  },
  'anti-affinity': (all) => {
    pod(all).topologySpreadConstraints[0].topologyKey = 'topology.kubernetes.io/zone';
  },
  'topology-spread': (all) => {
    delete pod(all).topologySpreadConstraints[0].labelSelector;
  },
  namespace: (all) => {
    only(all, 'PodDisruptionBudget').metadata.namespace = 'default';
  },
  'pod-security-label': (all) => {
    only(all, 'Namespace').metadata.labels['pod-security.kubernetes.io/enforce'] = 'baseline';
  },
  'rolling-update': (all) => {
    only(all, 'Deployment').spec.strategy.rollingUpdate.maxUnavailable = 1;
  },
  replicas: (all) => {
    only(all, 'Deployment').spec.replicas = 3;
  },
  'autoscaler-bounds': (all) => {
    only(all, 'HorizontalPodAutoscaler').spec.minReplicas = 1;
  },
  'disruption-budget': (all) => {
    only(all, 'PodDisruptionBudget').spec.minAvailable = 1;
  },
  'no-secrets': (all) => {
    add(all, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'auth-secrets' },
      data: { 'db-url': 'eA==' },
    });
  },
  'config-map-secrets': (all) => {
    configurationOf(all).data.ELSEWHERE = 'postgresql://auth:hunter2@db:5432/auth';
  },
  rbac: (all) => {
    const rules = [{ apiGroups: [''], resources: ['*'], verbs: ['get'] }];
    add(all, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'all' }, rules });
  },
  'job-limits': (all) => {
    delete only(all, 'CronJob').spec.jobTemplate.spec.ttlSecondsAfterFinished;
  },
  'reference-unique': (all) => {
    add(all, structuredClone(only(all, 'PodDisruptionBudget')));
  },
  'reference-selector': (all) => {
    only(all, 'Deployment').spec.selector.matchLabels = { app: 'other' };
  },
  'reference-service': (all) => {
    only(all, 'Service').spec.ports[0].targetPort = 'https';
  },
  'reference-autoscaler': (all) => {
    only(all, 'HorizontalPodAutoscaler').spec.scaleTargetRef.name = 'nowhere';
  },
  'reference-disruption-budget': (all) => {
    const { spec } = only(all, 'PodDisruptionBudget');
    delete spec.maxUnavailable;
    spec.minAvailable = 3;
  },
  ...monitorViolations,
  'reference-probe': (all) => {
    api(all).readinessProbe.httpGet.port = 'https';
  },
  'reference-volume': (all) => {
    api(all).volumeMounts.push({ name: 'nowhere', mountPath: '/nowhere' });
  },
  'reference-key': (all) => {
    delete configurationOf(all).data.PORT;
  },
  environment: (all) => {
    configurationOf(all).data.KEEP_ALIVE_TIMEOUT = '5h';
  },
};
