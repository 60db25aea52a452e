/** Paths of values in most other charts, with the value of this one. An operator writes them by habit. */
const habits: Readonly<Record<string, string>> = {
  affinity: 'scheduling.affinity',
  env: 'extraEnv',
  extraDeploy: 'extraObjects',
  extraManifests: 'extraObjects',
  fullnameOverride: 'name',
  hpa: 'autoscaling',
  imagePullSecrets: 'image.pullSecrets',
  'ingress.enabled': 'ingress.kind, which is none without an Ingress',
  'ingress.ingressClassName': 'ingress.className',
  livenessProbe: 'probes.liveness',
  nameOverride: 'name',
  namespaceOverride: 'namespace.name',
  nodeSelector: 'scheduling.nodeSelector',
  pdb: 'disruptionBudget',
  podDisruptionBudget: 'disruptionBudget',
  priorityClassName: 'scheduling.priorityClass.name',
  readinessProbe: 'probes.readiness',
  replicaCount: 'replicas',
  runtimeClassName: 'scheduling.runtimeClassName',
  securityContext: 'containerSecurityContext',
  serviceMonitor: 'monitoring.serviceMonitor',
  startupProbe: 'probes.startup',
  terminationGracePeriodSeconds: 'rollout.gracePeriodSeconds',
  tolerations: 'scheduling.tolerations',
  topologySpreadConstraints: 'scheduling.topologySpread',
  updateStrategy: 'rollout',
  volumeMounts: 'extraVolumeMounts',
  volumes: 'extraVolumes',
};

/** What to use instead of a key that this chart does not have: `: use replicas`, or nothing. */
export const insteadOf = (path: string): string =>
  Object.hasOwn(habits, path) ? `: use ${habits[path]}` : '';
