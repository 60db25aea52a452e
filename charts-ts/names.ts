import type { Values } from './values/schema.ts';

/** Names of the objects. They must not change: a renamed object replaces the one in the cluster. */
export const names = {
  app: 'auth-service',
  partOf: 'auth-system',
  ingress: 'auth-service-ingress',
  autoscaler: 'auth-service-hpa',
  gateway: 'auth-service-gateway',
  gatewayTls: 'auth-service-gateway-tls',
  config: 'auth-service-config',
  publicKeys: 'auth-jwt-public-keys',
  databaseCa: 'auth-database-ca',
  redisCa: 'auth-redis-ca',
  secretsReader: 'auth-service-secrets',
  purge: 'auth-service-purge',
  migrate: 'auth-service-migrate',
  administrator: 'auth-service-administrator',
  backup: 'auth-service-backup',
  restore: 'auth-service-restore',
  drill: 'auth-service-restore-drill',
} as const;

export const ports = { http: 8000, metrics: 9464 } as const;
/** User and group of the image. Hosts have no users above 10000. */
export const userId = 10001;

/** The kubelet asks on the port `metrics`, where a thread of its own answers, whatever the clients do. */
export const probePaths = { live: '/livez', ready: '/readyz' } as const;
/** Load balancers ask on the port of the API, on the way that clients take. */
export const loadBalancerPath = '/api/v1/health/ready';

/** Selects the pods of the API. The selector of a Deployment is immutable, so this label must not change. */
export const apiSelector = { app: names.app } as const;
/** Selects all pods of the service: API, purge and migration. */
export const allPodsSelector = { 'app.kubernetes.io/part-of': names.partOf } as const;

/** The recommended labels of Kubernetes. Polaris requires that `instance` is the name of a workload. */
export function standardLabels(
  values: Values,
  component: string,
  instance: string = names.app,
): Record<string, string> {
  return {
    app: instance,
    'app.kubernetes.io/name': names.app,
    'app.kubernetes.io/instance': instance,
    'app.kubernetes.io/version': values.image.tag,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': names.partOf,
    'app.kubernetes.io/managed-by': 'cdk8s',
  };
}

/** Labels by which a namespace enforces a Pod Security Standard. */
export function podSecurityLabels(level: 'restricted' | 'baseline'): Record<string, string> {
  const modes = ['enforce', 'audit', 'warn'];
  return Object.fromEntries(modes.map((mode) => [`pod-security.kubernetes.io/${mode}`, level]));
}

interface MetadataExtras {
  readonly component?: string;
  readonly instance?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Metadata of an object in the namespace of the service, without `annotations` if there are none. */
export function metadata(values: Values, name: string, extras: MetadataExtras = {}) {
  const { annotations = {}, component = 'api', instance, labels = {} } = extras;
  return {
    name,
    namespace: values.namespace.name,
    labels: { ...standardLabels(values, component, instance), ...labels },
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}
