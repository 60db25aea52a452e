import { createMetrics } from '../../../../app/observe/metrics.ts';
import type { Labels } from '../../../../tools/observability/samples.ts';

/** A series of a case: its value at each time, in seconds since the case began. */
export interface CaseSeries {
  readonly name: string;
  readonly labels: Labels;
  /** undefined: no sample at that time. */
  at(seconds: number): number | undefined;
}

/** Which installation a series is about: what a pod exposes has the label job, and what Kubernetes reports has not. */
export const isOfService = ({ name }: CaseSeries): boolean => !/^(kube|container)_/.test(name);

export const gauge = (name: string, value: number, labels: Labels = {}): CaseSeries => ({
  name,
  labels,
  at: () => value,
});

export const counter = (name: string, perSecond: number, labels: Labels = {}): CaseSeries => ({
  name,
  labels,
  at: (seconds) => perSecond * seconds,
});

/** A counter that grows at once by a number, some seconds before the end of the case. */
export function step(name: string, by: number, labels: Labels = {}): CaseSeries {
  return { name, labels, at: (seconds) => (seconds >= duration - 300 ? by : 0) };
}

/** Seconds. A case is long enough for rates over an hour. */
export const duration = 5_400;

/** The text of a scrape in which every histogram has buckets. */
async function scrape(): Promise<string> {
  const metrics = createMetrics('1.0.0');
  metrics.requestDuration.observe(0, { method: 'GET', route: '/', status: '200' });
  metrics.hashWait.observe(0, { priority: 'clean' });
  metrics.queryDuration.observe(0, { outcome: 'ok' });
  metrics.commandDuration.observe(0, { outcome: 'ok' });
  return metrics.registry.metrics();
}

const text = await scrape();

/** The edges of the buckets of each histogram of the service, from its own registry. */
const edges = new Map<string, Set<string>>();
for (const [, name = '', edge = ''] of text.matchAll(/^(\w+)_bucket{.*?le="([^"]+)"/gm)) {
  edges.set(name, (edges.get(name) ?? new Set()).add(edge));
}

/**
 * A histogram of the service whose observations all have the same size, in seconds.
 * @throws Error for a name that the service does not have
 */
export function histogram(name: string, perSecond: number, size: number, labels: Labels = {}): CaseSeries[] {
  const found = edges.get(name);
  if (!found) throw new Error(`the service has no histogram ${name}`);
  const buckets = [...found].map((le) =>
    counter(`${name}_bucket`, size <= Number(le.replace('+Inf', 'Infinity')) ? perSecond : 0, {
      ...labels,
      le,
    }),
  );
  return [
    ...buckets,
    counter(`${name}_count`, perSecond, labels),
    counter(`${name}_sum`, perSecond * size, labels),
  ];
}

/** The names of all metrics that the service exposes, as the samples have them. */
export function serviceSeries(): Set<string> {
  const families = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Set(
    families.flatMap(([, name = '', type]) => {
      if (type === 'counter') return [name.endsWith('_total') ? name : `${name}_total`];
      return type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
    }),
  );
}
