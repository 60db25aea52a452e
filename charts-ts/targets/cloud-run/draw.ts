import { loadBalancerPath, names, ports } from '../../names.ts';
import { imageReference } from '../../workload/process.ts';
import { serviceSettings } from '../../workload/settings.ts';
import { environmentOf, platform, publicKeysFolder } from './environment.ts';
import type { Container, RunMonitoring, Service, Volume } from './resources.ts';
import type { CloudRunValues } from './values.ts';

/** The collector of Managed Service for Prometheus. */
const collectorImage =
  'us-docker.pkg.dev/cloud-ops-agents-artifacts/cloud-run-gmp-sidecar/cloud-run-gmp-sidecar:1.3.0';
const collector = 'collector';
export const livePath = '/api/v1/health/live';

export const labels = ({ cloudRun, image }: CloudRunValues) => ({
  'cloud.googleapis.com/location': cloudRun.region,
  'app-version': image.tag.toLowerCase().replaceAll('.', '-'),
});

/** The way to Cloud SQL and Memorystore, which have private addresses only. Everything else goes to the internet directly. */
export function network({ cloudRun: { vpc } }: CloudRunValues): Record<string, string> {
  const way: Record<string, string> =
    'connector' in vpc
      ? { 'run.googleapis.com/vpc-access-connector': vpc.connector }
      : {
          'run.googleapis.com/network-interfaces': JSON.stringify([
            { network: vpc.network, subnetwork: vpc.subnetwork, tags: [names.app] },
          ]),
        };
  return { ...way, 'run.googleapis.com/vpc-access-egress': 'private-ranges-only' };
}

export const accountOf = (values: CloudRunValues, name: string): string =>
  `${name}@${values.cloudRun.project}.iam.gserviceaccount.com`;

/** Versions of one secret as files of one folder: an upcoming key, and retired ones. */
function publicKeys({ cloudRun }: CloudRunValues): Volume[] {
  const items = Object.entries(cloudRun.publicKeyVersions).map(([name, version]) => ({
    key: String(version),
    path: `${name}.pem`,
  }));
  return items.length > 0 ? [{ name: 'public-keys', secret: { secretName: 'jwt-public-keys', items } }] : [];
}

function serviceContainer(values: CloudRunValues, volumes: readonly Volume[]): Container {
  return {
    name: names.app,
    image: imageReference(values.image),
    ports: [{ name: 'http1', containerPort: ports.http }],
    env: environmentOf(values, serviceSettings(values, platform(values))),
    resources: { limits: values.resources.limits },
    // An instance gets requests when Postgres answers and its schema is current. 24 times 5 s is half of what is allowed.
    startupProbe: {
      httpGet: { path: loadBalancerPath },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 24,
    },
    // Only a process that cannot recover is killed: this path asks no store, and a busy minute is no reason.
    livenessProbe: {
      httpGet: { path: livePath },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    ...(volumes.length > 0 && { volumeMounts: [{ name: 'public-keys', mountPath: publicKeysFolder }] }),
  };
}

/** Scrapes the management listener of its own instance. A scrape from outside would reach any of the instances. */
function metricsSidecar({ cloudRun: { metrics } }: CloudRunValues): {
  container: Container[];
  volumes: Volume[];
} {
  if (!metrics.enabled) return { container: [], volumes: [] };
  const name = 'run-monitoring';
  const items = [{ key: String(metrics.configVersion), path: 'config.yaml' }];
  return {
    container: [
      {
        name: collector,
        image: collectorImage,
        resources: { limits: { cpu: '1', memory: '512Mi' } },
        volumeMounts: [{ name, mountPath: '/etc/rungmp/' }],
      },
    ],
    volumes: [{ name, secret: { secretName: 'auth-service-run-monitoring', items } }],
  };
}

function revisionAnnotations(values: CloudRunValues): Record<string, string> {
  const { autoscaling, cloudRun } = values;
  return {
    'autoscaling.knative.dev/minScale': String(autoscaling.minReplicas),
    'autoscaling.knative.dev/maxScale': String(autoscaling.maxReplicas),
    // Revocations of keys, the check of the stores and the connection pools work between requests too.
    'run.googleapis.com/cpu-throttling': 'false',
    'run.googleapis.com/startup-cpu-boost': 'true',
    'run.googleapis.com/execution-environment': 'gen2',
    ...network(values),
    ...(cloudRun.metrics.enabled && {
      'run.googleapis.com/container-dependencies': JSON.stringify({ [collector]: [names.app] }),
    }),
  };
}

export function drawService(values: CloudRunValues): Service {
  const { cloudRun } = values;
  const keys = publicKeys(values);
  const metrics = metricsSidecar(values);
  const volumes = [...keys, ...metrics.volumes];
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: {
      name: names.app,
      labels: labels(values),
      annotations: { 'run.googleapis.com/ingress': cloudRun.ingress },
    },
    spec: {
      template: {
        metadata: { annotations: revisionAnnotations(values) },
        spec: {
          containerConcurrency: cloudRun.concurrency,
          timeoutSeconds: cloudRun.requestTimeoutSeconds,
          serviceAccountName: accountOf(values, cloudRun.serviceAccount),
          containers: [serviceContainer(values, keys), ...metrics.container],
          ...(volumes.length > 0 && { volumes }),
        },
      },
      traffic: [{ latestRevision: true, percent: 100 }],
    },
  };
}

/** What the collector scrapes, as the content of a secret that it mounts. */
export function drawRunMonitoring(): RunMonitoring {
  return {
    apiVersion: 'monitoring.googleapis.com/v1beta',
    kind: 'RunMonitoring',
    metadata: { name: names.app },
    spec: {
      endpoints: [{ port: ports.metrics, path: '/metrics', interval: '30s', timeout: '10s' }],
      targetLabels: { metadata: ['service', 'revision', 'instance'] },
    },
  };
}
