import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A histogram of seconds. */
export interface Timing<L extends string = never> {
  observe(seconds: number, ...labels: [L] extends [never] ? [] : [Readonly<Record<L, string>>]): void;
  /** Call what it gives to observe the time that has passed; for timings without labels. */
  startTimer(this: Timing): () => void;
  get: Histogram<L>['get'];
}

export interface Sample<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  readonly value: number;
}

/** A gauge that asks for its values when it is scraped; empty until it knows whom to ask. */
export interface SampledGauge<L extends string> {
  from(source: () => readonly Sample<L>[]): void;
}

/** How many there are right now. */
export interface Level {
  inc(): void;
  dec(): void;
}

export type Declare = ReturnType<typeof createDeclare>;

/**
 * How this service declares metrics: name, help, label names, into one registry.
 * @param traceId with it, histograms carry exemplars: the trace in which their newest observation was made
 */
export function createDeclare(
  registry: Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>,
  traceId?: () => string | undefined,
) {
  const registers = [registry];

  /** Each series in `initial` exists from the start: `rate` misses the first event of one that does not. */
  function counter<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    initial: readonly Readonly<Record<L, string>>[] = [],
  ): Counter<L> {
    const made = new Counter<L>({ name, help, labelNames: [...labelNames], registers });
    for (const labels of initial) made.inc({ ...labels }, 0);
    return made;
  }

  function gauge<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) {
    return new Gauge<L>({ name, help, labelNames: [...labelNames], registers });
  }

  /** A gauge that goes up and down with every request: a plain number until it is scraped, since labels cost time. */
  function level(name: string, help: string): Level {
    let value = 0;
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value);
      },
    });
    return {
      inc: () => {
        value += 1;
      },
      dec: () => {
        value -= 1;
      },
    };
  }

  function sampled<L extends string>(name: string, help: string, labelNames: readonly L[]): SampledGauge<L> {
    let source: () => readonly Sample<L>[] = () => [];
    new Gauge<L>({
      name,
      help,
      labelNames: [...labelNames],
      registers,
      collect() {
        this.reset();
        // A gauge without labels is reset to 0, which would be a claim.
        if (labelNames.length === 0) this.remove();
        for (const { labels, value } of source()) this.set({ ...labels }, value);
      },
    });
    return {
      from: (next) => {
        source = next;
      },
    };
  }

  function timing<L extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly L[] = [],
  ): Timing<L> {
    const enableExemplars = traceId !== undefined;
    const config = { name, help, buckets: [...buckets], labelNames: [...labelNames], registers };
    const histogram = new Histogram<L>({ ...config, enableExemplars });
    return {
      observe(value, ...[given]) {
        // reason: `given` is absent exactly when L is never, and prom-client types exemplar labels as the metric's own.
        const labels = (given ?? {}) as Record<L, string>;
        if (!enableExemplars) return histogram.observe(labels, value);
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

  return { counter, gauge, level, sampled, timing };
}
