import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleGroup } from '../../../../charts-ts/monitoring/alerts/rule.ts';
import { interval, secondsOf } from './scaled-rules.ts';

/** Events per second that were usual. The clients of a course send more, even on a busy machine. */
const usual = 1;

/** A recorded series that a rule reads from the past: its name with labels, and how far back, in seconds. */
function readFromPast(groups: readonly RuleGroup[]): Map<string, number> {
  const found = new Map<string, number>();
  const past = /(auth:[\w:]+{[^}]*})\[(\w+)\] offset (\w+)/g;
  for (const { expr } of groups.flatMap(({ rules }) => rules)) {
    for (const [, series = '', range = '', offset = ''] of expr.matchAll(past)) {
      const age = secondsOf(range) + secondsOf(offset);
      found.set(series, Math.max(age, found.get(series) ?? 0));
    }
  }
  return found;
}

/**
 * Gives a Prometheus that has not started yet the past of the recorded series that rules compare with: the same all the time,
 * until now. What is usual needs a week, which is hours even in the time of a drill.
 */
export function writeHistory(groups: readonly RuleGroup[], folder: string): void {
  const now = Math.floor(Date.now() / 1_000);
  const lines: string[] = [];
  for (const [series, age] of readFromPast(groups)) {
    for (let time = now - age - 10 * interval; time < now; time += 5 * interval)
      lines.push(`${series} ${usual} ${time}`);
  }
  if (lines.length === 0) return;
  const file = join(folder, 'history.txt');
  writeFileSync(file, `${lines.join('\n')}\n# EOF\n`);
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '-q', file, join(folder, 'data')]);
  rmSync(file);
}
