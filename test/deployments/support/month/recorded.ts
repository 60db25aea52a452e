import type { Recording } from '../../../../charts-ts/monitoring/alerts/rule.ts';
import { openSampleFile, seriesName } from '../../../../tools/observability/samples.ts';
import type { StoppedPrometheus } from './backfill.ts';

/** A series that a rule records, with its labels as text. */
export interface RecordedSeries {
  readonly name: string;
  readonly text: string;
  readonly value: number;
}

/** Evaluates recording rules once. @param time seconds since the epoch */
export async function evaluateRules(
  prometheus: StoppedPrometheus,
  rules: readonly Recording[],
  time: number,
): Promise<RecordedSeries[]> {
  const series: RecordedSeries[] = [];
  for (const { expr, labels: added, record } of rules) {
    const answer = await prometheus.ask('query', { query: expr, time: String(time) });
    for (const { metric, value } of answer.series) {
      const { __name__: _name, ...labels } = metric;
      const text = seriesName(record, { ...labels, ...added });
      // A ratio of nothing is not a number.
      series.push({ name: record, text, value: Number(value?.[1]) || 0 });
    }
  }
  return series;
}

/**
 * Writes the series with a sample at each evaluation of their rules. Times are in seconds.
 * @returns the number of samples
 */
export function writeRecorded(
  path: string,
  series: readonly RecordedSeries[],
  { from, interval, to }: { from: number; to: number; interval: number },
): number {
  const file = openSampleFile(path);
  let samples = 0;
  for (const { text, value } of series)
    for (let time = from; time < to; time += interval, samples += 1) file.write(text, value, time);
  file.close();
  return samples;
}
