import type { Recording, RuleGroup } from '../../charts-ts/monitoring/alerts/rule.ts';
import { secondsOf } from './duration.ts';
import type { Prometheus, TimeRange } from './prometheus.ts';
import { openSampleFile, seriesName } from './samples.ts';

/** A recording rule, and the interval of its group in seconds, if it has its own. */
export interface TimedRecording {
  readonly rule: Recording;
  readonly interval?: number;
}

/** The ranges in which a rule is evaluated, in ascending order and apart from each other. */
export type RangesOf = (recording: TimedRecording) => readonly TimeRange[];

export const recordingsOf = (groups: readonly RuleGroup[]): TimedRecording[] =>
  groups.flatMap(({ interval, rules }) =>
    rules.flatMap((rule) =>
      'record' in rule ? [{ rule, ...(interval && { interval: secondsOf(interval) }) }] : [],
    ),
  );

/**
 * Divides rules into levels: each reads only what the levels before it record. Installations have rules of the same names.
 * @throws Error for rules that read each other
 */
export function levelsOf(recordings: readonly TimedRecording[]): TimedRecording[][] {
  const levels: TimedRecording[][] = [];
  let left = [...recordings];
  while (left.length > 0) {
    const open = new Set(left.map(({ rule }) => rule.record));
    const level = left.filter(({ rule }) => ![...open].some((record) => rule.expr.includes(record)));
    if (level.length === 0) throw new Error(`these rules read each other: ${[...open].join(', ')}`);
    levels.push(level);
    left = left.filter((recording) => !level.includes(recording));
  }
  return levels;
}

/**
 * Writes what recording rules would have recorded in the past. promtool does the same, but writes a block for each rule and
 * each two hours, and evaluates each rule in every range.
 * @returns the number of samples
 */
export async function writeRecordings(
  path: string,
  prometheus: Prometheus,
  recordings: readonly TimedRecording[],
  rangesOf: RangesOf,
): Promise<number> {
  const file = openSampleFile(path);
  let count = 0;
  for (const recording of recordings) {
    const { expr, labels: added, record } = recording.rule;
    for (const range of rangesOf(recording)) {
      for (const { metric, values } of await prometheus.range(expr, range)) {
        const { __name__: _name, ...labels } = metric;
        const series = seriesName(record, { ...labels, ...added });
        for (const [time, value] of values) file.write(series, value, time);
        count += values.length;
      }
    }
  }
  file.close();
  return count;
}
