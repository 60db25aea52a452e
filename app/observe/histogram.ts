import type { Metric, Registry } from 'prom-client';

interface Exemplar {
  readonly labelSet: { readonly trace_id: string };
  readonly value: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

/** One combination of label values. `counts` and `exemplars` have one place more than there are bounds, for +Inf. */
interface Series<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  readonly counts: number[];
  readonly exemplars: (Exemplar | undefined)[];
  sum: number;
}

/** A way to series by one label value after the other: finding one needs neither a string nor a sort. */
interface Branch<L extends string> {
  readonly byValue: Map<string, Branch<L>>;
  series?: Series<L>;
}

/** One line of the exposition, in prom-client's terms. */
interface Line {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly exemplar?: Exemplar | undefined;
}

/**
 * A histogram that costs a lookup and an addition where prom-client's checks and sorts the labels of each observation
 * anew, the dearest part of all metrics (`npm run bench:metrics`). Buckets are made cumulative when they are scraped.
 */
export class BucketHistogram<L extends string> {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #root: Branch<L> = { byValue: new Map() };
  readonly #series: Series<L>[] = [];

  /** @param bounds upper ends of the buckets, inclusive and rising */
  constructor(
    readonly name: string,
    readonly help: string,
    private readonly bounds: readonly number[],
    private readonly labelNames: readonly L[],
  ) {
    // Without labels the only series exists from the start.
    // reason: an empty record of no labels.
    if (labelNames.length === 0) this.#seriesOf({} as Record<L, string>);
  }

  #seriesOf(labels: Readonly<Record<L, string>>): Series<L> {
    let branch = this.#root;
    for (const name of this.labelNames) {
      const value = labels[name];
      const known = branch.byValue.get(value);
      const next = known ?? { byValue: new Map() };
      if (!known) branch.byValue.set(value, next);
      branch = next;
    }
    if (!branch.series) {
      const counts = new Array<number>(this.bounds.length + 1).fill(0);
      branch.series = { labels, counts, exemplars: [], sum: 0 };
      this.#series.push(branch.series);
    }
    return branch.series;
  }

  observe(value: number, labels: Readonly<Record<L, string>>, traceId?: string): void {
    const series = this.#seriesOf(labels);
    let bucket = 0;
    while (value > (this.bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
    if (traceId) {
      series.exemplars[bucket] = { labelSet: { trace_id: traceId }, value, timestamp: Date.now() / 1000 };
    }
  }

  #lines({ labels, counts, exemplars, sum }: Series<L>): Line[] {
    let count = 0;
    const buckets = counts.map((inBucket, index) => {
      count += inBucket;
      const withBound = { le: this.bounds[index] ?? '+Inf', ...labels };
      return {
        metricName: `${this.name}_bucket`,
        labels: withBound,
        value: count,
        exemplar: exemplars[index],
      };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }

  /** For the registry. */
  async get() {
    const values = this.#series.flatMap((series) => this.#lines(series));
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }

  register(registry: Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>): this {
    // reason: a registry asks its metrics for name, type and get() only; its type names prom-client's four classes.
    registry.registerMetric(this as unknown as Metric);
    return this;
  }
}
