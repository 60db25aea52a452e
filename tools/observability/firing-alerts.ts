import type { Alert, RuleGroup } from '../../charts-ts/monitoring/alerts/rule.ts';
import { secondsOf } from './duration.ts';
import type { Prometheus, TimeRange } from './prometheus.ts';
import { openSampleFile, type SampleWriter, seriesName } from './samples.ts';

/** The times at which a condition that was true at these times has been true for long enough. */
function firingTimes(times: readonly number[], step: number, pending: number): number[] {
  let since = Number.NaN;
  let last = Number.NaN;
  return times.filter((time) => {
    if (time - last !== step) since = time;
    last = time;
    return time - since >= pending;
  });
}

async function writeAlert(
  file: SampleWriter,
  prometheus: Prometheus,
  rule: Alert,
  range: TimeRange,
): Promise<number> {
  let count = 0;
  for (const { metric, values } of await prometheus.range(rule.expr, range)) {
    const { __name__: _name, ...labels } = metric;
    const states = { alertname: rule.alert, alertstate: 'firing' };
    const series = seriesName('ALERTS', { ...labels, ...rule.labels, ...states });
    const times = values.map(([time]) => time);
    for (const time of firingTimes(times, range.step, secondsOf(rule.for))) {
      file.write(series, 1, time);
      count += 1;
    }
  }
  return count;
}

/**
 * Writes the series `ALERTS` that Prometheus would have written in the past, because promtool evaluates recording rules only.
 * @returns the number of samples
 */
export async function writeFiringAlerts(
  path: string,
  prometheus: Prometheus,
  groups: readonly RuleGroup[],
  range: TimeRange,
): Promise<number> {
  const file = openSampleFile(path);
  let count = 0;
  for (const rule of groups.flatMap(({ rules }) => rules)) {
    if ('alert' in rule) count += await writeAlert(file, prometheus, rule, range);
  }
  file.close();
  return count;
}
