import type { Inputs } from '../promtool.ts';

/**
 * Values are kept in parts of a power of two. promtool adds the steps of a run, and sums of other fractions differ in their last
 * digits: the smallest decrease is a counter that begins at 0 again, and counts everything once more.
 */
const unit = 1_024;

type Samples = (number | undefined)[];

/** The end of the run of equal differences, or of missing samples, that begins at `from`. */
function endOfRun(samples: Samples, from: number): number {
  const [first, second] = [samples[from], samples[from + 1]];
  let end = from + 1;
  if (first === undefined) {
    while (end < samples.length && samples[end] === undefined) end += 1;
    return end;
  }
  if (second === undefined) return end;
  const step = second - first;
  while (end < samples.length && samples[end] === (samples[end - 1] ?? Number.NaN) + step) end += 1;
  return end;
}

/** One run in promtool's notation: `10+2x5` is 10 and five more samples, each 2 larger. */
function notation(samples: Samples, from: number, end: number): string {
  const first = samples[from];
  if (first === undefined) {
    // A scrape that does not find a series any more ends it at once.
    const isGone = from > 0;
    const missing = end - from - (isGone ? 1 : 0);
    return [...(isGone ? ['stale'] : []), ...(missing > 0 ? [`_x${missing}`] : [])].join(' ');
  }
  if (end === from + 1) return String(first / unit);
  const step = ((samples[from + 1] ?? first) - first) / unit;
  return `${first / unit}${step < 0 ? '-' : '+'}${Math.abs(step)}x${end - from - 1}`;
}

function notationOf(samples: Samples): string {
  const runs: string[] = [];
  for (let from = 0; from < samples.length; ) {
    const end = endOfRun(samples, from);
    runs.push(notation(samples, from, end));
    from = end;
  }
  return runs.join(' ');
}

export type SeriesWriter = ReturnType<typeof createSeriesWriter>;

/**
 * Collects the samples of each series.
 * @param step minutes between two samples
 */
export function createSeriesWriter(step: number) {
  const series = new Map<string, Samples>();

  function samplesOf(name: string): Samples {
    let samples = series.get(name);
    if (!samples) {
      samples = [];
      series.set(name, samples);
    }
    return samples;
  }

  return {
    /** A counter grows by so much a minute. It begins at 0, and once more after a sample without it. */
    count(name: string, minute: number, growth: number): void {
      const samples = samplesOf(name);
      const before = samples[minute / step - 1];
      samples[minute / step] = before === undefined ? 0 : before + Math.round(growth * step * unit);
    },
    gauge(name: string, minute: number, value: number): void {
      samplesOf(name)[minute / step] = Math.round(value * unit);
    },
    /** What promtool reads. A series that ended before `minutes` is marked as ended. */
    inputs: (minutes: number): Inputs =>
      Object.fromEntries(
        [...series].map(([name, samples]) => [
          name,
          notationOf(Array.from({ length: minutes / step }, (_, index) => samples[index])),
        ]),
      ),
  };
}
