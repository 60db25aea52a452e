import { readFileSync } from 'node:fs';
import { createMetrics } from '../../app/observe/metrics.ts';
import { type QueriedSeries, seriesOf } from './series-of-a-query.ts';

/** Labels that Prometheus gives every series that it scrapes from a pod. */
const targetLabels = ['namespace', 'job', 'pod', 'instance', 'container', 'service', 'endpoint', 'node'];

/** Series of Prometheus itself. */
const ofPrometheus: Readonly<Record<string, readonly string[]>> = {
  up: targetLabels,
  ALERTS: ['alertname', 'alertstate', 'severity', ...targetLabels],
  ALERTS_FOR_STATE: ['alertname', 'severity', ...targetLabels],
};

const perContainer = ['namespace', 'pod', 'container', 'uid'];

/** Series of kube-state-metrics 2 and of cAdvisor that the pages use, with their labels as their documentation lists them. */
const ofKubernetes: Readonly<Record<string, readonly string[]>> = {
  kube_deployment_spec_replicas: ['namespace', 'deployment'],
  kube_deployment_status_replicas_available: ['namespace', 'deployment'],
  kube_deployment_status_replicas_updated: ['namespace', 'deployment'],
  kube_horizontalpodautoscaler_spec_max_replicas: ['namespace', 'horizontalpodautoscaler'],
  kube_horizontalpodautoscaler_status_desired_replicas: ['namespace', 'horizontalpodautoscaler'],
  kube_pod_container_status_restarts_total: perContainer,
  kube_pod_container_resource_limits: [...perContainer, 'node', 'resource', 'unit'],
  container_cpu_cfs_periods_total: [...perContainer, 'id', 'image', 'name', 'node'],
  container_cpu_cfs_throttled_periods_total: [...perContainer, 'id', 'image', 'name', 'node'],
  container_memory_working_set_bytes: [...perContainer, 'id', 'image', 'name', 'node'],
};

interface KnownSeries {
  readonly labels: readonly string[];
  /** The values of the labels that are known before any request; empty if there are none. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

const suffixes = { histogram: ['_bucket', '_count', '_sum'], summary: ['_count', '_sum'] };

/** The series of the service, from the registry of a process that has not answered any request. */
async function seriesOfService(): Promise<Map<string, KnownSeries>> {
  const { registry } = createMetrics('test');
  // reason: prom-client does not declare the names of the labels of a metric.
  const declared = registry.getMetricsAsArray() as unknown as { name: string; labelNames: string[] }[];
  const labelsOf = new Map(declared.map(({ name, labelNames }) => [name, labelNames]));
  const known = new Map<string, KnownSeries>();
  for (const { name, type, values } of await registry.getMetricsAsJSON()) {
    const labels = labelsOf.get(name) ?? [];
    const found = labels.map((label): [string, Set<string>] => {
      // reason: the labels of a sample are an object whose keys are those that the metric declares.
      const sampled = values.map((sample) => (sample.labels as Record<string, unknown>)[label]);
      return [label, new Set(sampled.filter((value) => value !== undefined).map(String))];
    });
    const series = { labels: [...labels, ...targetLabels], values: new Map(found) };
    const kind = String(type);
    const endings = kind === 'histogram' ? suffixes.histogram : kind === 'summary' ? suffixes.summary : [''];
    for (const ending of endings)
      known.set(`${name}${ending}`, {
        ...series,
        labels: ending === '_bucket' ? [...series.labels, 'le'] : series.labels,
      });
  }
  return known;
}

/** Every series that a runbook may name. */
export async function knownSeries(): Promise<ReadonlyMap<string, KnownSeries>> {
  const others = Object.entries({ ...ofPrometheus, ...ofKubernetes }).map(
    ([name, labels]): [string, KnownSeries] => [name, { labels, values: new Map() }],
  );
  return new Map([...(await seriesOfService()), ...others]);
}

/** Every route that docs/api.md lists. */
const routes = (): readonly string[] =>
  [...readFileSync('docs/api.md', 'utf8').matchAll(/[A-Z]+ (\/[^\s`?]+)/g)].map(([, path = '']) => path);

function matcherFault(known: KnownSeries, { label, operator, value }: QueriedSeries['matchers'][number]) {
  if (!known.labels.includes(label)) return `has no label ${label}`;
  const matches = operator.endsWith('~')
    ? (text: string) => new RegExp(`^(?:${value})$`).test(text)
    : (text: string) => text === value;
  const values = label === 'route' ? routes() : [...(known.values.get(label) ?? [])];
  return values.length > 0 && !values.some(matches) ? `has no value ${value} of ${label}` : null;
}

/** Why a query reads nothing on any installation: names, labels and values of labels that do not exist. */
export function queryFaults(query: string, known: ReadonlyMap<string, KnownSeries>): string[] {
  const { groupedBy, series } = seriesOf(query);
  const faults = series.flatMap(({ matchers, name }) => {
    const found = known.get(name);
    if (!found) return [`there is no series ${name}`];
    return matchers.flatMap((one) => {
      const fault = matcherFault(found, one);
      return fault ? [`${name} ${fault}`] : [];
    });
  });
  const labels = series.flatMap(({ name }) => known.get(name)?.labels ?? []);
  return [
    ...faults,
    ...groupedBy
      .filter((label) => !labels.includes(label))
      .map((label) => `no series has the label ${label}`),
  ];
}
