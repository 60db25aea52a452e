import { ports } from '../../names.ts';
import type { Platform } from '../../workload/platform.ts';
import { type SecretKey, type Settings, type Source, secretVariables } from '../../workload/settings.ts';
import type { EnvironmentVariable } from './resources.ts';
import type { CloudRunValues } from './values.ts';

export const publicKeysFolder = '/etc/auth/public-keys';

/** Proxies of Google whose entries may come after those of a load balancer: its own ranges, and the network of the instance. */
const behindLoadBalancer = ['35.191.0.0/16', '130.211.0.0/22', '169.254.0.0/16'];

/**
 * The front end of Cloud Run appends its peer. Behind a load balancer, that is the load balancer, which has appended the client.
 */
function proxies({ cloudRun }: CloudRunValues): string[] {
  const address = cloudRun.loadBalancerAddress;
  return ['cloud-run', ...(address ? [...behindLoadBalancer, address] : [])];
}

/** What Cloud Run gives the containers of the service. */
export function platform(values: CloudRunValues): Platform {
  const { host, projectNumber, publicKeyVersions, region, separateOwner } = values.cloudRun;
  return {
    host,
    internalHosts: projectNumber ? [`auth-service-${projectNumber}.${region}.run.app`] : [],
    proxies: proxies(values),
    // Cloud Run sets PORT to the port of the container, and refuses a service that sets it too.
    ports: { http: null, metrics: ports.metrics },
    keys: 'texts',
    files: Object.keys(publicKeyVersions).length > 0 ? { publicKeys: publicKeysFolder } : {},
    hasOwnerSecret: separateOwner,
  };
}

/** The numbered version of a secret. An instance that starts later must not get another key than its neighbours have. */
const versionOf = ({ cloudRun }: CloudRunValues, key: SecretKey): string =>
  String(cloudRun.secretVersions[key] ?? 1);

function variableOf(values: CloudRunValues, name: string, source: Source): EnvironmentVariable {
  if ('text' in source) return { name, value: source.text };
  if ('keyFile' in source) throw new Error(`${name}: Cloud Run delivers keys as texts`);
  return {
    name,
    valueFrom: { secretKeyRef: { name: source.secret, key: versionOf(values, source.secret) } },
  };
}

export const environmentOf = (values: CloudRunValues, settings: Partial<Settings>): EnvironmentVariable[] =>
  Object.entries(settings).map(([name, source]) => variableOf(values, name, source));

/** The names of all secrets that can occur, and of those that the page creates beside them. */
export const knownSecrets: readonly string[] = [
  ...Object.keys(secretVariables),
  'jwt-public-keys',
  'backup-key',
  'auth-service-run-monitoring',
];
