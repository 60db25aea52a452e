import { createServer } from 'node:http';
import type { Cleanup } from '../../../../tools/torture/harness/cleanup.ts';
import { defaultFactor } from './installation-settings.ts';

type Labels = Readonly<Record<string, string>>;

/** What kube-state-metrics and the kubelet report about one installation. */
export interface KubernetesMetrics {
  /** Changes a series of `describeInstallation`, or adds one with the same labels. */
  set(name: string, value: number, labels?: Labels): void;
  /** Makes a counter grow by this much per second. */
  grow(name: string, perSecond: number): void;
  remove(name: string, labels?: Labels): void;
}

interface Sample {
  readonly labels: Labels;
  /** The value at `since`, in milliseconds of a monotonic clock. */
  readonly value: number;
  readonly perSecond: number;
  readonly since: number;
}

const pod = 'auth-service-7d9f8b6c5-x2x4z';
const uid = '8a7c2f0e-5d1b-4c57-9c53-0f4f0f1f9a11';
const replicas = 3;
/**
 * CPU periods per second. The kernel has ten. The rules compare their number with a number of ten minutes, which are so much
 * shorter in a drill.
 */
export const periods = 10 * defaultFactor;
const memoryLimit = 512 * 2 ** 20;

/**
 * Labels by the beginning of the name, the longest first. Names and labels of `kube_…` are those of
 * docs/metrics/workload/*.md in the repository kubernetes/kube-state-metrics. Those of `container_…` are those of the
 * kubelet's /metrics/cadvisor: pkg/kubelet/server/server.go (containerPrometheusLabelsFunc) in kubernetes/kubernetes.
 */
const labelsOf: readonly (readonly [string, Labels])[] = [
  ['kube_pod_init_container', { pod, uid, container: 'migrate' }],
  ['kube_pod_container', { pod, uid, container: 'auth-service' }],
  ['kube_pod', { pod, uid }],
  ['kube_deployment', { deployment: 'auth-service' }],
  ['kube_horizontalpodautoscaler', { horizontalpodautoscaler: 'auth-service-hpa' }],
  ['kube_job', { job_name: 'auth-service-migrate-0f3c5b8c9d' }],
  [
    'container_',
    {
      container: 'auth-service',
      id: `/kubepods.slice/kubepods-burstable.slice/pod${uid}/cri-containerd-3f6b.scope`,
      image: 'registry.example.com/auth-service:1.0.0',
      name: '3f6b',
      pod,
    },
  ],
];

/** The series of one condition of the Deployment. Older releases of kube-state-metrics have no label `reason`. */
export function conditionSeries(condition: string, reason: string, status: string) {
  return ['true', 'false', 'unknown'].map((one) => {
    const labels = { reason, condition, status: one };
    return ['kube_deployment_status_condition', one === status ? 1 : 0, labels] as const;
  });
}

/** A healthy installation of three pods, as both exporters describe it: name, value and further labels. */
const healthy: readonly (readonly [string, number, Labels?])[] = [
  ['kube_deployment_spec_replicas', replicas],
  ['kube_deployment_status_replicas', replicas],
  ['kube_deployment_status_replicas_ready', replicas],
  ['kube_deployment_status_replicas_available', replicas],
  ['kube_deployment_status_replicas_updated', replicas],
  ['kube_deployment_status_replicas_unavailable', 0],
  ['kube_deployment_metadata_generation', 4],
  ['kube_deployment_status_observed_generation', 4],
  ...conditionSeries('Available', 'MinimumReplicasAvailable', 'true'),
  ...conditionSeries('Progressing', 'NewReplicaSetAvailable', 'true'),
  ['kube_pod_container_status_restarts_total', 0],
  ['kube_pod_container_resource_limits', memoryLimit, { resource: 'memory', unit: 'byte', node: 'node-1' }],
  ['kube_pod_container_resource_limits', 1, { resource: 'cpu', unit: 'core', node: 'node-1' }],
  ['kube_pod_init_container_status_restarts_total', 0],
  ['kube_pod_init_container_status_terminated_reason', 1, { reason: 'Completed' }],
  ['kube_horizontalpodautoscaler_spec_min_replicas', replicas],
  ['kube_horizontalpodautoscaler_spec_max_replicas', 20],
  ['kube_horizontalpodautoscaler_status_current_replicas', replicas],
  ['kube_horizontalpodautoscaler_status_desired_replicas', replicas],
  ['container_memory_working_set_bytes', 150 * 2 ** 20],
  ['container_spec_memory_limit_bytes', memoryLimit],
  ['container_cpu_cfs_periods_total', 0],
  ['container_cpu_cfs_throttled_periods_total', 0],
];

/** Metrics that have series only after something failed. */
const whenFailed = [
  'kube_job_failed',
  'kube_job_status_failed',
  'kube_pod_init_container_status_waiting_reason',
];

/** The names of the metrics that the exporter may have. */
export const clusterMetrics: ReadonlySet<string> = new Set([...healthy.map(([name]) => name), ...whenFailed]);

function createSeries(namespace: string) {
  const series = new Map<string, Sample>();
  const key = (name: string, labels: Labels): string => `${name} ${JSON.stringify(labels)}`;
  const currentValue = ({ perSecond, since, value }: Sample): number =>
    value + (perSecond * (performance.now() - since)) / 1_000;
  const completeLabels = (name: string, labels: Labels): Labels => {
    const [, common = {}] = labelsOf.find(([start]) => name.startsWith(start)) ?? [];
    return { namespace, ...common, ...labels };
  };
  const put = (name: string, labels: Labels, value: number, perSecond = 0): void => {
    if (!clusterMetrics.has(name)) throw new Error(`${name} is not among the metrics of the cluster`);
    const complete = completeLabels(name, labels);
    series.set(key(name, complete), { labels: complete, value, perSecond, since: performance.now() });
  };
  return {
    put,
    grow(name: string, perSecond: number): void {
      const found = series.get(key(name, completeLabels(name, {})));
      put(name, {}, found ? currentValue(found) : 0, perSecond);
    },
    remove: (name: string, labels: Labels): boolean => series.delete(key(name, completeLabels(name, labels))),
    /** Lines of the text format. cAdvisor gives each sample the time at which it read the cgroup. */
    lines: (): string[] =>
      [...series].map(([id, sample]) => {
        const [name = ''] = id.split(' ');
        const labels = Object.entries(sample.labels).map(
          ([label, value]) => `${label}=${JSON.stringify(value)}`,
        );
        const time = name.startsWith('container_') ? ` ${Date.now()}` : '';
        return `${name}{${labels.join(',')}} ${Math.floor(currentValue(sample))}${time}`;
      }),
  };
}

/** Starts the exporter on loopback. It stands for kube-state-metrics and for the kubelets of a cluster. */
export async function startKubernetesExporter(cleanup: Cleanup) {
  const all: ReturnType<typeof createSeries>[] = [];
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4');
    response.end(`${all.flatMap((one) => one.lines()).join('\n')}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.add(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    /** Adds a healthy installation to the cluster. */
    describeInstallation(namespace: string): KubernetesMetrics {
      const series = createSeries(namespace);
      for (const [name, value, labels = {}] of healthy) series.put(name, labels, value);
      series.grow('container_cpu_cfs_periods_total', periods);
      all.push(series);
      return {
        set: (name, value, labels = {}) => series.put(name, labels, value),
        grow: series.grow,
        remove: (name, labels = {}) => void series.remove(name, labels),
      };
    },
  };
}
