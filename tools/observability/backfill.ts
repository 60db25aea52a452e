import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleGroup } from '../../charts-ts/monitoring/alerts/rule.ts';
import { toolPath } from '../../test/support/debian-tool.ts';
import type { Cleanup } from '../torture/harness/cleanup.ts';
import { runToEnd } from '../torture/harness/process.ts';
import { writeFiringAlerts } from './firing-alerts.ts';
import { openPrometheus, type Prometheus, type TimeRange } from './prometheus.ts';

const promtool = (): string => toolPath('promtool') ?? 'promtool';

/** promtool reads the whole file once for each block, so its blocks are long. */
const blockDuration = '744h';

/** Recording rules only: the past has no alerts. */
function recordingGroups(groups: readonly RuleGroup[]) {
  return groups
    .map(({ name, rules }) => ({ name, rules: rules.filter((rule) => 'record' in rule) }))
    .filter(({ rules }) => rules.length > 0);
}

/**
 * Starts a Prometheus whose past is a file of samples, and what its rules would have recorded of them.
 * @param options.samples file that `openSampleFile` wrote
 * @param options.rules the ranges in which the recording rules are evaluated
 * @param options.depth how often, because promtool evaluates rules on what is stored already: 2 if a rule reads what another
 *   rule recorded
 * @param options.alerts the range in which alerts fire. @default none
 */
export async function openHistory(options: {
  folder: string;
  cleanup: Cleanup;
  samples: string;
  groups: readonly RuleGroup[];
  rules: readonly TimeRange[];
  depth?: number;
  alerts?: TimeRange;
}): Promise<Prometheus> {
  const { alerts, cleanup, depth = 1, groups, rules, samples } = options;
  const folder = join(options.folder, 'prometheus');
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const logFile = join(folder, 'promtool.log');
  const importBlocks = (kind: string, ...args: string[]) =>
    runToEnd(
      [promtool(), 'tsdb', 'create-blocks-from', `--max-block-duration=${blockDuration}`, kind, ...args],
      {
        logFile,
      },
    );
  // The samples are older than the default retention.
  const flags = ['--storage.tsdb.retention.time=20y'];
  // Prometheus finds new blocks at its start, and otherwise once a minute.
  const open = () => openPrometheus({ folder, cleanup, configuration: {}, flags });

  await importBlocks('openmetrics', samples, data);
  const ruleFile = join(folder, 'rules.yaml');
  // JSON is YAML.
  writeFileSync(ruleFile, JSON.stringify({ groups: recordingGroups(groups) }));
  for (let pass = 0; pass < depth; pass += 1) {
    const prometheus = await open();
    for (const { end, start, step } of rules) {
      const times = [`--start=${start}`, `--end=${end}`, `--eval-interval=${step}s`];
      await importBlocks('rules', ...times, `--url=${prometheus.url}`, `--output-dir=${data}`, ruleFile);
    }
    await prometheus.stop();
  }
  if (alerts) {
    const prometheus = await open();
    const file = join(folder, 'alerts.txt');
    const count = await writeFiringAlerts(file, prometheus, groups, alerts);
    await prometheus.stop();
    if (count > 0) await importBlocks('openmetrics', file, data);
  }
  return open();
}
