import type { Stores } from './stores.ts';

/** Values as the YAML of a values file has them. */
export type PlainValues = Readonly<Record<string, unknown>>;

/** Repository, tag and digest of a reference such as `ghcr.io/a/auth-service:1.0.0@sha256:…`. @throws Error without a tag */
export function imageOf(reference: string): { repository: string; tag: string; digest: string | null } {
  const [, repository, tag, digest] = /^(.+?):([^:/@]+)(?:@(sha256:[0-9a-f]{64}))?$/.exec(reference) ?? [];
  if (!repository || !tag)
    throw new Error(`--image ${reference}: must have a tag, such as auth-service:1.0.0`);
  return { repository, tag, digest: digest ?? null };
}

/** What the blocks of the clouds need in place of their examples. No object of the cloud has these names. */
export const cloudValues = {
  eks: {
    region: 'eu-central-1',
    certificateArn: 'arn:aws:acm:eu-central-1:210987654321:certificate/6c4c1a52-7c55-4e0e-9a8e-2f6c7b1d9e3a',
    loadBalancerCidrs: ['10.41.32.0/20', '10.41.48.0/20'],
  },
  gke: { project: 'e2e-4711', address: '34.117.59.81' },
  aks: {
    certificateUri: 'https://e2e-4711.vault.azure.net/certificates/auth-service',
    certificateClientId: '6c4c1a52-7c55-4e0e-9a8e-2f6c7b1d9e3a',
  },
} as const;

export const registries = {
  eks: '210987654321.dkr.ecr.eu-central-1.amazonaws.com',
  gke: 'europe-west3-docker.pkg.dev/e2e-4711/auth',
  aks: 'e2e4711.azurecr.io',
} as const;

export const host = 'auth.e2e.test';

/** In place of the example in the defaults, which synth refuses. */
export const runbooks = 'https://runbooks.e2e.test';

interface BaseOptions {
  readonly image: string;
  readonly stores: Stores;
  readonly namespace: string;
  /** The namespace of the pod that sends the requests. */
  readonly callers: string;
  /** Whether the cluster has the CRDs of the Prometheus Operator. */
  readonly hasMonitoring: boolean;
}

/**
 * Values for any cluster. They keep the defaults of the charts, but for what depends on the cluster, and for the requests
 * of CPU and memory, which must fit into a small one.
 */
export function baseValues({ callers, hasMonitoring, image, namespace, stores }: BaseOptions): PlainValues {
  const everywhere = [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }];
  const port = (url: string, standard: number): number => Number(new URL(url).port) || standard;
  return {
    // The nodes of kind have the image, and no registry.
    image: { ...imageOf(image), pullPolicy: 'IfNotPresent' },
    namespace: { name: namespace },
    ingress: { kind: 'none', host },
    eks: cloudValues.eks,
    networkPolicy: { callers: [{ namespace: callers, podLabels: { app: 'e2e-load' } }] },
    replicas: 4,
    autoscaling: { enabled: false },
    resources: { requests: { cpu: '50m', memory: '160Mi' } },
    database: {
      ...{ peers: everywhere, port: port(stores.databaseUrl, 5432), ca: stores.ca },
      ...{ poolMax: 4, maxConnections: 300 },
    },
    redis: {
      ...{ peers: everywhere, port: port(stores.redisUrl, 6379) },
      ...(stores.redisUrl.startsWith('rediss:') ? { ca: stores.ca } : { tls: false }),
    },
    secrets: { ownerName: null },
    monitoring: { serviceMonitor: { enabled: hasMonitoring }, rules: { enabled: hasMonitoring, runbooks } },
  };
}
