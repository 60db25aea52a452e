import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleGroup } from '../../charts-ts/monitoring/alerts/rule.ts';
import { toolPath } from '../../test/support/debian-tool.ts';
import type { Cleanup } from '../torture/harness/cleanup.ts';
import { runToEnd } from '../torture/harness/process.ts';
import { writeFiringAlerts } from './firing-alerts.ts';
import { openPrometheus, type Prometheus, type TimeRange } from './prometheus.ts';
import { levelsOf, type RangesOf, recordingsOf, writeRecordings } from './recorded-past.ts';

/** promtool reads the whole file once for each block, so its blocks are long. */
const blockDuration = '744h';

/**
 * Starts a Prometheus whose past is a file of samples, and what its rules would have recorded of them.
 * @param options.samples file that `openSampleFile` wrote
 * @param options.ranges when each recording rule is evaluated
 * @param options.alerts the range in which alerts fire. @default none
 */
export async function openHistory(options: {
  folder: string;
  cleanup: Cleanup;
  samples: string;
  groups: readonly RuleGroup[];
  ranges: RangesOf;
  alerts?: TimeRange;
}): Promise<Prometheus> {
  const { alerts, cleanup, groups, ranges, samples } = options;
  const folder = join(options.folder, 'prometheus');
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const logFile = join(folder, 'promtool.log');
  const promtool = toolPath('promtool') ?? 'promtool';
  const importSamples = (file: string): Promise<void> => {
    const command = ['tsdb', 'create-blocks-from', `--max-block-duration=${blockDuration}`, 'openmetrics'];
    return runToEnd([promtool, ...command, file, data], { logFile });
  };
  // The samples are older than the default retention.
  const flags = ['--storage.tsdb.retention.time=20y'];
  // Prometheus finds new blocks at its start, and otherwise once a minute.
  const open = () => openPrometheus({ folder, cleanup, configuration: {}, flags });
  /** Imports what `write` computes from the past so far. @param write returns the number of samples */
  const add = async (name: string, write: (file: string, prometheus: Prometheus) => Promise<number>) => {
    const prometheus = await open();
    const file = join(folder, name);
    const count = await write(file, prometheus);
    await prometheus.stop();
    if (count > 0) await importSamples(file);
  };

  await importSamples(samples);
  for (const [index, level] of levelsOf(recordingsOf(groups)).entries()) {
    await add(`recorded-${index}.txt`, (file, prometheus) =>
      writeRecordings(file, prometheus, level, ranges),
    );
  }
  if (alerts) {
    await add('alerts.txt', (file, prometheus) => writeFiringAlerts(file, prometheus, groups, alerts));
  }
  return open();
}
