import {
  Counter,
  Gauge,
  Histogram,
  type HistogramConfiguration,
  type MetricConfiguration,
  type Registry,
} from 'prom-client';

/** A histogram of seconds. Each observation carries the current trace as its exemplar, if tracing is on. */
export interface DurationHistogram<L extends string = never> {
  observe(seconds: number, ...labels: [L] extends [never] ? [] : [Readonly<Record<L, string>>]): void;
  /** Returns a function that observes the seconds since this call. For histograms without labels. */
  startTimer(this: DurationHistogram): () => void;
  get: Histogram<L>['get'];
}

function createDurationHistogram<L extends string>(
  config: HistogramConfiguration<L>,
  initial: readonly Readonly<Record<L, string>>[],
  traceId: (() => string | undefined) | undefined,
): DurationHistogram<L> {
  const histogram = new Histogram<L>({ ...config, enableExemplars: traceId !== undefined });
  for (const labels of initial) histogram.zero({ ...labels });
  return {
    observe(value, ...[given]) {
      // reason: `given` is absent exactly when L is never, and prom-client types exemplar labels as the metric's own.
      const labels = (given ?? {}) as Record<L, string>;
      if (!traceId) return histogram.observe(labels, value);
      const trace_id = traceId();
      const exemplarLabels = (trace_id ? { trace_id } : {}) as Record<L, string>;
      return histogram.observe({ labels, value, exemplarLabels });
    },
    startTimer() {
      const start = performance.now();
      return () => this.observe((performance.now() - start) / 1000);
    },
    get: () => histogram.get(),
  };
}

/** Returns one sample for each series of a gauge. */
type ReadSamples<L extends string> = () => readonly {
  readonly labels: Readonly<Record<L, string>>;
  readonly value: number;
}[];

/** A gauge whose samples are read at each scrape. It has no series until `onCollect` has been called. */
function createCollectedGauge<L extends string>(config: MetricConfiguration<L>) {
  let readSamples: ReadSamples<L> = () => [];
  new Gauge<L>({
    ...config,
    collect() {
      this.reset();
      // reset() sets a gauge without labels to 0, which would be a wrong value rather than no value.
      if (config.labelNames?.length === 0) this.remove();
      for (const { labels, value } of readSamples()) this.set({ ...labels }, value);
    },
  });
  return {
    onCollect(next: ReadSamples<L>): void {
      readSamples = next;
    },
  };
}

export type MetricFactory = ReturnType<typeof createMetricFactory>;

/**
 * Creates metrics in one registry from name, help and label names.
 * @param traceId the current trace, for exemplars; absent while tracing is off
 */
export function createMetricFactory(
  registry: Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>,
  traceId?: () => string | undefined,
) {
  const configOf = <L extends string>(name: string, help: string, labelNames: readonly L[]) => ({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });

  return {
    /** @param initial series that exist from the start: `rate` misses the first increment of a series that does not */
    counter<L extends string = never>(
      name: string,
      help: string,
      initial: readonly Readonly<Record<L, string>>[] = [],
    ): Counter<L> {
      // reason: Object.keys returns string[]; the keys of the first series are the names of the labels.
      const counter = new Counter<L>(configOf(name, help, Object.keys(initial[0] ?? {}) as L[]));
      for (const labels of initial) counter.inc({ ...labels }, 0);
      return counter;
    },
    gauge: <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) =>
      new Gauge<L>(configOf(name, help, labelNames)),
    collectedGauge: <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
      createCollectedGauge<L>(configOf(name, help, labelNames)),
    /** @param initial series that exist from the start, for the same reason */
    histogram: <L extends string = never>(
      name: string,
      help: string,
      buckets: readonly number[],
      labelNames: readonly L[] = [],
      initial: readonly Readonly<Record<L, string>>[] = [],
    ) => {
      const config = { ...configOf(name, help, labelNames), buckets: [...buckets] };
      return createDurationHistogram<L>(config, initial, traceId);
    },
  };
}
