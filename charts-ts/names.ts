import type { Values } from './values/schema.ts';

/** The name that the deployment guide gives the service, and so each target that has one installation. */
const guideName = 'auth-service';

/** What the service is a part of, for the label of that name. */
const partOf = 'auth-system';

/** The name of the container of the API, whatever the installation is called. */
export const apiContainer = guideName;

/** The names of the containers that run a command of the service. Nothing that an operator adds may have one of them. */
export const serviceContainers: readonly string[] = [
  apiContainer,
  ...['migrate', 'purge', 'administrator', 'backup', 'restore', 'drill'],
];

/** Names of the objects of an installation. They must not change: a renamed object replaces the one in the cluster. */
function derivedNames(name: string) {
  return {
    app: name,
    ingress: `${name}-ingress`,
    autoscaler: `${name}-hpa`,
    gateway: `${name}-gateway`,
    gatewayTls: `${name}-gateway-tls`,
    config: `${name}-config`,
    publicKeys: 'auth-jwt-public-keys',
    databaseCa: 'auth-database-ca',
    redisCa: 'auth-redis-ca',
    secretsReader: `${name}-secrets`,
    purge: `${name}-purge`,
    migrate: `${name}-migrate`,
    administrator: `${name}-administrator`,
    backup: `${name}-backup`,
    restore: `${name}-restore`,
    drill: `${name}-restore-drill`,
  };
}

/** The names in the targets that are not Kubernetes. */
export const names = derivedNames(guideName);

/** The names of the objects of the installation that the values describe. */
export function namesOf(_values: Values): typeof names {
  return names;
}

/** The names of the ServiceAccounts, which may exist already. */
export const accountsOf = (values: Values) => ({
  app: values.serviceAccount.name ?? namesOf(values).app,
  backup: values.backup.serviceAccount.name ?? namesOf(values).backup,
  secretsReader: values.secrets.external.serviceAccount.name ?? namesOf(values).secretsReader,
});

export const ports = { http: 8000, metrics: 9464 } as const;
/** User and group of the image. Hosts have no users above 10000. */
export const userId = 10001;

/** The kubelet asks on the port `metrics`, where a thread of its own answers, whatever the clients do. */
export const probePaths = { live: '/livez', ready: '/readyz' } as const;
/** Load balancers ask on the port of the API, on the way that clients take. */
export const loadBalancerPath = '/api/v1/health/ready';

/** Selects the pods of the API. The selector of a Deployment is immutable, so this label must not change. */
export const apiSelector = (values: Values) => ({ app: namesOf(values).app });
/** Selects all pods of the installation: API, purge, migration and the others. */
export const installationSelector = (_values: Values) => ({ 'app.kubernetes.io/part-of': partOf });

/** The recommended labels of Kubernetes. Polaris requires that `instance` is the name of a workload. */
export function standardLabels(
  values: Values,
  component: string,
  instance: string = namesOf(values).app,
): Record<string, string> {
  return {
    app: instance,
    'app.kubernetes.io/name': guideName,
    'app.kubernetes.io/instance': instance,
    'app.kubernetes.io/version': values.image.tag,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': partOf,
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
