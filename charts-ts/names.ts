import { clusterName, endings, guide } from './values/installation.ts';
import type { Values } from './values/schema.ts';

/** What the service is a part of, for the label of that name. */
const partOf = 'auth-system';

/** The name of the container of the API, whatever the installation is called. */
export const apiContainer = guide.name;

/** The name of the container that keeps the port of the API open while the service restarts. */
export const keeperContainer = 'port-keeper';

type Role = keyof typeof endings;

/** The names of the containers that run a command of the service. Nothing that an operator adds may have one of them. */
export const serviceContainers: readonly string[] = [
  apiContainer,
  keeperContainer,
  ...['migrate', 'purge', 'administrator', 'backup', 'restore', 'drill'],
];

/** Names of the objects of an installation. They must not change: a renamed object replaces the one in the cluster. */
function deriveNames(name: string) {
  // reason: fromEntries returns the type of any keys, and these are those of `endings`.
  const names = Object.fromEntries(
    Object.entries(endings).map(([role, ending]) => [role, `${name}-${ending}`]),
  ) as Record<Role, string>;
  const publicKeys = name === guide.name ? 'auth-jwt-public-keys' : names.publicKeys;
  return { app: name, ...names, publicKeys, gatewayTls: `${names.gateway}-tls` };
}

const derived = new Map<string, ReturnType<typeof deriveNames>>();

/** The same, derived once: each object of an installation asks for them. */
function derivedNames(name: string) {
  const names = derived.get(name) ?? deriveNames(name);
  derived.set(name, names);
  return names;
}

/** The names in the targets that are not Kubernetes. */
export const names = derivedNames(guide.name);

/**
 * The names of the objects of the installation that the values describe. `config`, `databaseCa` and `redisCa` are what
 * stands before the hash of the content (kubernetes/content-names.ts).
 */
export function namesOf({ aks, cloud, name }: Values): typeof names {
  const names = derivedNames(name);
  if (cloud !== 'aks' || !aks) return names;
  // On AKS the Gateway is outside of the namespace.
  return { ...names, gateway: aks.gatewayName, gatewayTls: `${aks.gatewayName}-tls` };
}

/** A name that no other installation of the cluster has, for kinds whose names may contain a dot. */
export const uniqueName = ({ name, namespace }: Values): string =>
  clusterName({ name, namespace: namespace.name });
/** The names of the ServiceAccounts, which may exist already. */
export const accountsOf = (values: Values) => ({
  app: values.serviceAccount.name ?? namesOf(values).app,
  backup: values.backup.serviceAccount.name ?? namesOf(values).backup,
  secretsReader: values.secrets.external.serviceAccount.name ?? namesOf(values).secretsReader,
});

export const ports = { http: 8000, metrics: 9464 } as const;
/** The port keeper listens there, on the loopback interface of the pod. */
export const keeperPort = 9465;
/** User and group of the image. Hosts have no users above 10000. */
export const userId = 10001;

/** The kubelet asks on the port `metrics`, where a thread of its own answers, whatever the clients do. */
export const probePaths = { live: '/livez', ready: '/readyz' } as const;
/** Load balancers ask on the port of the API, on the way that clients take. */
export const loadBalancerPath = '/api/v1/health/ready';

/** Selects the pods of the API. The selector of a Deployment is immutable, so this label must not change. */
export const apiSelector = (values: Values) => ({ app: namesOf(values).app });
/**
 * Selects all pods of the installation: API, purge, migration and the others. The label is one of our own, because
 * operators give the recommended labels of Kubernetes other values.
 */
export const installationSelector = ({ name }: Values) => ({ 'auth-service/installation': name });

/** The recommended labels of Kubernetes. Polaris requires that `instance` is the name of a workload. */
export function standardLabels(
  values: Values,
  component: string,
  instance: string = namesOf(values).app,
): Record<string, string> {
  return {
    app: instance,
    'app.kubernetes.io/name': guide.name,
    'app.kubernetes.io/instance': instance,
    'app.kubernetes.io/version': values.image.tag,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': partOf,
    'app.kubernetes.io/managed-by': 'cdk8s',
    ...installationSelector(values),
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

/** Metadata of an object in the namespace of the installation, without `annotations` if there are none. */
export function metadata(values: Values, name: string, extras: MetadataExtras = {}) {
  const { annotations = {}, component = 'api', instance, labels = {} } = extras;
  return {
    name,
    namespace: values.namespace.name,
    labels: { ...standardLabels(values, component, instance), ...labels },
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

/**
 * Metadata of an object that may be in another namespace, where its name must be unique among all installations.
 * @param ending what follows the name of the installation, such as `-dashboard-overview`
 */
export function placedMetadata(
  values: Values,
  namespace: string | undefined,
  ending: string,
  extras: MetadataExtras = {},
) {
  if (!namespace || namespace === values.namespace.name)
    return metadata(values, `${namesOf(values).app}${ending}`, extras);
  return { ...metadata(values, `${uniqueName(values)}${ending}`, extras), namespace };
}
