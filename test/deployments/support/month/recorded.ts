import type { RuleGroup } from '../../../../charts-ts/monitoring/alerts/rule.ts';
import type { StoppedPrometheus } from './backfill.ts';
import { openMetricsFile } from './pods.ts';

/** A series that a rule records, in the text format without time. */
export interface RecordedSeries {
  readonly name: string;
  readonly line: string;
}

/** Prometheus takes this name for the value of an expression without a number. */
const asText = (value: string): string => (value === 'NaN' ? '0' : value);

/**
 * Evaluates the recording rules once.
 * @returns their series, and how long each rule took, in milliseconds
 */
export async function evaluateRules(
  prometheus: StoppedPrometheus,
  groups: readonly RuleGroup[],
  time: number,
) {
  const series: RecordedSeries[] = [];
  const durations = new Map<string, number>();
  for (const rule of groups.flatMap(({ rules }) => rules)) {
    if (!('record' in rule)) continue;
    const answer = await prometheus.ask('query', { query: rule.expr, time: String(time) });
    durations.set(rule.record, answer.milliseconds);
    for (const { metric, value } of answer.series) {
      const { __name__, ...labels } = { ...metric, ...rule.labels };
      const text = Object.entries(labels).map(([name, label]) => `${name}=${JSON.stringify(label)}`);
      series.push({
        name: rule.record,
        line: `${rule.record}{${text.join(',')}} ${asText(value?.[1] ?? '0')} `,
      });
    }
  }
  return { series, durations };
}

/** Writes the series with a sample at each evaluation of their rules. Times are in seconds. */
export function writeRecorded(
  path: string,
  series: readonly RecordedSeries[],
  { from, interval, to }: { from: number; to: number; interval: number },
): void {
  const file = openMetricsFile(path);
  for (const { line } of series)
    for (let time = from; time < to; time += interval) file.write(`${line}${time}\n`);
  file.close();
}
