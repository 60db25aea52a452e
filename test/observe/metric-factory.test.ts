import { expect } from 'chai';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { createMetricFactory } from '../../app/observe/metric-factory.ts';

const bounds = [0.001, 0.25, 1, 10];
const labelNames = ['method', 'route', 'status'] as const;

interface Observation {
  readonly value: number;
  readonly labels: Readonly<Record<(typeof labelNames)[number], string>>;
  readonly trace: string | null;
}

function openMetrics() {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
const seriesOf = ({ labels }: Observation): string =>
  labelNames.map((name) => `${name}="${escaped(labels[name])}"`).join(',');

/** The lines of one series as OpenMetrics defines them: cumulative buckets, each with its newest exemplar. */
function expectedLines(series: string, observations: readonly Observation[]): string[] {
  const ends = [...bounds, Number.POSITIVE_INFINITY];
  const buckets = ends.map((end, index) => {
    const start = ends[index - 1] ?? Number.NEGATIVE_INFINITY;
    const traced = observations.findLast(({ value, trace }) => trace && value > start && value <= end);
    const exemplar = traced ? ` # {trace_id="${traced.trace}"} ${traced.value} then` : '';
    const count = observations.filter(({ value }) => value <= end).length;
    const le = end === Number.POSITIVE_INFINITY ? '+Inf' : end;
    return `seconds_bucket{le="${le}",${series}} ${count}${exemplar}`;
  });
  const sum = observations.reduce((total, { value }) => total + value, 0);
  return [...buckets, `seconds_sum{${series}} ${sum}`, `seconds_count{${series}} ${observations.length}`];
}

/** The timestamp of an exemplar depends on when the observation was made. */
const untimed = (text: string): string => text.replace(/(# \{.*\} \S+) [\d.]+$/gm, '$1 then');

async function scrape(observations: readonly Observation[]): Promise<string[]> {
  const registry = openMetrics();
  let trace: string | undefined;
  const histogram = createMetricFactory(registry, () => trace).histogram(
    'seconds',
    'Help',
    bounds,
    labelNames,
  );
  for (const observation of observations) {
    trace = observation.trace ?? undefined;
    histogram.observe(observation.value, observation.labels);
  }
  const lines = untimed(await registry.metrics()).split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

describe('a histogram of durations', () => {
  const observation = fc.record({
    value: fc.oneof(fc.constantFrom(0, ...bounds), fc.double({ min: 0, max: 20, noNaN: true })),
    labels: fc.record({
      method: fc.constantFrom('GET', 'POST'),
      // Values that would make one key of two when they are only joined.
      route: fc.constantFrom('/a', '/a\n200', '/"b"', ''),
      status: fc.constantFrom('200', '503'),
    }),
    trace: fc.option(fc.constantFrom('4bf92f3577b34da6', 'a3ce929d0e0e4736')),
  });

  it('shows each series with cumulative buckets and the newest exemplar of each bucket', async () => {
    const check = async (observations: readonly Observation[]): Promise<void> => {
      const expected = [...new Set(observations.map(seriesOf))].flatMap((series) =>
        expectedLines(
          series,
          observations.filter((each) => seriesOf(each) === series),
        ),
      );
      expect((await scrape(observations)).sort()).to.deep.equal(expected.sort());
    };
    await fc.assert(fc.asyncProperty(fc.array(observation, { maxLength: 60 }), check), { numRuns: 200 });
  });

  for (const traceId of [undefined, () => undefined]) {
    it(`exists from the start when it has no labels, ${traceId ? 'with' : 'without'} exemplars`, async () => {
      const registry = openMetrics();
      const histogram = createMetricFactory(registry, traceId).histogram('seconds', 'Help', bounds);
      expect(await registry.metrics()).to.contain('seconds_bucket{le="0.25"} 0\n');
      histogram.observe(0.25);
      expect(await registry.metrics())
        .to.contain('seconds_bucket{le="0.001"} 0\n')
        .and.to.contain('seconds_bucket{le="0.25"} 1\n')
        .and.to.contain('seconds_count 1\n')
        .and.not.to.contain('# {');
    });
  }
});
