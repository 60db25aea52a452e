import { percentile, round } from '../harness/statistics.ts';
import type { Sample, Stream } from './plan.ts';

export type LoadResult = ReturnType<typeof createResult>;

/** The name under which a sample is counted. A 503 without Retry-After has a name of its own. */
function outcomeOf(sample: Sample): string {
  if (sample.status === 0) return `no answer: ${sample.code}`;
  if (sample.status === 503 && !sample.retryAfter) return '503 without Retry-After';
  return String(sample.status);
}

export function createResult(streams: readonly Stream[], samples: readonly Sample[]) {
  const of = (name?: string): readonly Sample[] =>
    name === undefined ? samples : samples.filter(({ stream }) => streams[stream]?.name === name);

  return {
    of,

    /** The number of samples by outcome, of one stream or of all. */
    outcomes(name?: string): Record<string, number> {
      const counts: Record<string, number> = {};
      for (const sample of of(name)) counts[outcomeOf(sample)] = (counts[outcomeOf(sample)] ?? 0) + 1;
      return counts;
    },

    /** Milliseconds. */
    latency: (name: string, q: number): number =>
      round(
        percentile(
          of(name).map(({ ms }) => ms),
          q,
        ),
      ),

    /** Milliseconds for which the generator was late in sending. */
    lateness: (name: string, q: number): number =>
      round(
        percentile(
          of(name).map(({ late }) => late),
          q,
        ),
      ),

    /** Answers of this status for each second between the first and the last request. */
    perSecond(name: string, status: number): number {
      const dues = of(name).map(({ due }) => due);
      const seconds =
        (dues.reduce((a, b) => Math.max(a, b), 0) - dues.reduce((a, b) => Math.min(a, b), Infinity)) / 1000;
      return round(of(name).filter((sample) => sample.status === status).length / Math.max(seconds, 0.001));
    },

    /** Samples of the stream with any other outcome. */
    others: (name: string, outcomes: readonly string[]): readonly Sample[] =>
      of(name).filter((sample) => !outcomes.includes(outcomeOf(sample))),

    /** Milliseconds from `from` to the last scheduled request of the window that was not served. */
    recovery(window: { from: number; until: number }, isServed: (sample: Sample) => boolean): number {
      const late = samples
        .filter(({ due }) => due >= window.from && due < window.until)
        .filter((sample) => !isServed(sample));
      return round(
        late.reduce((latest, { due }) => Math.max(latest, due - window.from), 0),
        0,
      );
    },
  };
}

export function describe(outcomes: Readonly<Record<string, number>>): string {
  return Object.entries(outcomes)
    .map(([outcome, count]) => `${outcome} × ${count}`)
    .join(', ');
}

/** The first samples as text, for a failed check. */
export function exemplify(samples: readonly Sample[]): string {
  const words = samples
    .slice(0, 3)
    .map(({ status, code, ms }) => `${status} ${code} after ${round(ms, 0)} ms`);
  return samples.length === 0 ? '' : `${samples.length}: ${words.join('; ')}`;
}
