import type { UnusualCluster } from './cluster.ts';

/** Operators who write what other charts call their values. */
export const otherCharts: readonly UnusualCluster[] = [
  {
    title: 'values by the names that most charts of Helm have',
    values: `replicaCount: 3
imagePullSecrets: [registry]
nodeSelector: { disk: ssd }
topologySpreadConstraints: []
fullnameOverride: auth
ingress: { enabled: true, ingressClassName: alb }
env: []
serviceMonitor: { enabled: false }
toString: 1`,
    refused: [
      'ingress.enabled: is not a known key: use ingress.kind, which is none without an Ingress',
      'ingress.ingressClassName: is not a known key: use ingress.className',
      'replicaCount: is not a known key: use replicas',
      'imagePullSecrets: is not a known key: use image.pullSecrets',
      'nodeSelector: is not a known key: use scheduling.nodeSelector',
      'topologySpreadConstraints: is not a known key: use scheduling.topologySpread',
      'fullnameOverride: is not a known key: use name',
      'env: is not a known key: use extraEnv',
      'serviceMonitor: is not a known key: use monitoring.serviceMonitor',
      'toString: is not a known key',
    ],
    clouds: ['eks'],
  },
];
