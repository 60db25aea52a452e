import { expect } from 'chai';
import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { BucketHistogram } from '../../app/observe/histogram.ts';

const bounds = [0.001, 0.25, 1, 10];

function openMetrics() {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}

function pair<L extends string>(labelNames: readonly L[]) {
  const ours = openMetrics();
  const theirs = openMetrics();
  const config = { name: 'seconds', help: 'Some "time"\\', buckets: [...bounds], enableExemplars: true };
  return {
    ours: {
      registry: ours,
      histogram: new BucketHistogram<L>(config.name, config.help, bounds, labelNames).register(ours),
    },
    theirs: {
      registry: theirs,
      histogram: new Histogram<L>({ ...config, labelNames: [...labelNames], registers: [theirs] }),
    },
  };
}

/** Times of exemplars are those of two calls. */
const untimed = (text: string): string => text.replace(/(# \{.*\} \S+) [\d.]+$/gm, '$1 then');

describe('the histogram', () => {
  const value = fc.oneof(fc.constantFrom(0, ...bounds), fc.double({ min: 0, max: 20, noNaN: true }));
  const observation = fc.record({
    value,
    labels: fc.record({
      method: fc.constantFrom('GET', 'POST'),
      // Values that would make one key of two when they are only joined.
      route: fc.constantFrom('/a', '/a\n200', '/"b"', ''),
      status: fc.constantFrom('200', '503'),
    }),
    trace: fc.option(fc.constantFrom('4bf92f3577b34da6', 'a3ce929d0e0e4736')),
  });

  it('is scraped as prom-client would be, character by character', async () => {
    const once = async (observations: readonly { value: number; labels: Labels; trace: string | null }[]) => {
      const { ours, theirs } = pair(['method', 'route', 'status']);
      for (const { value, labels, trace } of observations) {
        ours.histogram.observe(value, labels, trace ?? undefined);
        // reason: prom-client types exemplar labels as the metric's own.
        const exemplarLabels = (trace ? { trace_id: trace } : {}) as Record<string, string>;
        theirs.histogram.observe({ value, labels, exemplarLabels });
      }
      expect(untimed(await ours.registry.metrics())).to.equal(untimed(await theirs.registry.metrics()));
    };
    type Labels = { method: string; route: string; status: string };
    await fc.assert(fc.asyncProperty(fc.array(observation, { maxLength: 60 }), once), { numRuns: 200 });
  });

  it('exists from the start when it has no labels', async () => {
    const { ours, theirs } = pair([]);
    expect(await ours.registry.metrics()).to.equal(await theirs.registry.metrics());
    ours.histogram.observe(0.25, {});
    expect(await ours.registry.metrics())
      .to.contain('seconds_bucket{le="0.001"} 0\n')
      .and.to.contain('seconds_bucket{le="0.25"} 1\n')
      .and.to.contain('seconds_count 1\n');
  });
});
