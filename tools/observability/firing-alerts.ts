import type { Alert, RuleGroup } from '../../charts-ts/monitoring/alerts/rule.ts';
import type { Prometheus, TimeRange } from './prometheus.ts';
import { openSampleFile, type SampleWriter, seriesName } from './samples.ts';

const secondsOf = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a duration of a rule, such as `15m`. */
function seconds(duration: string): number {
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  // reason: the expression above admits these letters only.
  const factor = secondsOf[unit as keyof typeof secondsOf];
  if (!factor) throw new Error(`the duration ${duration} is not supported`);
  return Number(count) * factor;
}

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
    for (const time of firingTimes(times, range.step, seconds(rule.for))) {
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
