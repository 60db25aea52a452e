import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleGroup } from '../../../../charts-ts/monitoring/alerts/rule.ts';
import { levelsOf, recordingsOf } from '../../../../tools/observability/recorded-past.ts';
import { makeBlocks, type StoppedPrometheus, startOnBlocks } from './backfill.ts';
import { podsUntil, writeScrapes } from './pods.ts';
import { evaluateRules, type RecordedSeries, writeRecorded } from './recorded.ts';
import { objectiveSeries, type PodSeries, podSeries } from './series.ts';

const hour = 3_600;
const day = 24 * hour;

/** Seconds that samples reach back, the time between two of them, and the length of the blocks that have them. */
interface Part {
  readonly seconds: number;
  readonly interval: number;
  readonly block: number;
}

/** What a dashboard of six hours reads. */
const recent: Part = { seconds: 6.5 * hour, interval: 30, block: 2 * hour };
/** Counters that only rules read, in windows of an hour at most. */
const lastHour: Part = { seconds: 1.1 * hour, interval: 30, block: 2 * hour };
/** Histograms that only rules read, in windows of five minutes. There are some thousand series of each pod. */
const lastMinutes: Part = { seconds: 0.1 * hour, interval: 30, block: 2 * hour };
/** What the objectives count. Only rules read it, once. */
const month: Part = { seconds: 30 * day, interval: 3 * hour, block: 54 * hour };
/** What rules record, in the time that a dashboard shows and in the whole month. */
const recordedRecently: Part = { ...recent, interval: 60 };
const recordedMonth: Part = { ...month, interval: 300 };

/** What rules or panels read of the whole month, or of the same time a day and a week ago. */
const isReadForWeeks = ({ name }: RecordedSeries): boolean =>
  /_count:increase5m$|:rate30d$|^auth:logins_succeeded:/.test(name);

/** The end of the newest complete block, in seconds since the epoch. */
export function endOfMonth(): number {
  const now = Math.floor(Date.now() / 1000);
  return now - (now % recent.block);
}

/** Writes a file between two times. @returns the number of samples */
type WriteFile = (file: string, times: { from: number; to: number; interval: number }) => number;

/** Makes the blocks of a part. promtool would read a file of several blocks once for each of them. */
function makePart(folder: string, part: Part, end: number, write: WriteFile): number {
  const file = join(folder, 'samples.txt');
  const { block, interval, seconds } = part;
  const first = end - seconds;
  let samples = 0;
  for (let start = Math.floor(first / block) * block; start < end; start += block) {
    samples += write(file, { from: Math.max(first, start), to: Math.min(end, start + block), interval });
    // A file of only an end mark has no sample, and promtool refuses it.
    if (statSync(file).size > 100) makeBlocks(file, join(folder, 'data'), `${block / hour}h`);
  }
  return samples;
}

/** Blocks of what Prometheus scrapes of `count` pods. @returns the number of samples */
function makeScrapes(folder: string, end: number, count: number, shown: ReadonlySet<string>): number {
  const pods = podsUntil(end, count);
  const make = (part: Part, series: readonly PodSeries[], until = end): number =>
    makePart(folder, { ...part, seconds: part.seconds - (end - until) }, until, (file, times) =>
      writeScrapes(file, { pods, series, ...times }),
    );
  const unseen = podSeries.filter(({ name }) => !shown.has(name));
  const isHistogram = ({ name }: PodSeries): boolean => /_(bucket|count|sum)$/.test(name);
  return (
    make(month, objectiveSeries, end - recent.seconds) +
    make(
      recent,
      podSeries.filter(({ name }) => shown.has(name)),
    ) +
    make(
      lastHour,
      unseen.filter((one) => !isHistogram(one)),
    ) +
    make(lastMinutes, unseen.filter(isHistogram))
  );
}

/**
 * A Prometheus with a month of pods that a deploy replaces each day. The series of the rules are made of the answers to
 * their expressions, one level after the other, because some rules read what others record.
 * @param end seconds since the epoch
 * @param shown the names of the series that dashboards read
 * @returns the Prometheus, and what it contains
 */
export async function startMonthOfPods(
  folder: string,
  {
    count,
    end,
    groups,
    shown,
  }: {
    readonly count: number;
    readonly end: number;
    readonly groups: readonly RuleGroup[];
    readonly shown: ReadonlySet<string>;
  },
): Promise<{ prometheus: StoppedPrometheus; description: string }> {
  const data = join(folder, 'data');
  const samples = makeScrapes(folder, end, count, shown);
  let prometheus = await startOnBlocks(folder, data);
  for (const level of levelsOf(recordingsOf(groups))) {
    const series = await evaluateRules(
      prometheus,
      level.map(({ rule }) => rule),
      end - 1,
    );
    await prometheus.stop();
    makePart(folder, recordedRecently, end, (file, times) => writeRecorded(file, series, times));
    const ofWeeks = series.filter(isReadForWeeks);
    makePart(folder, recordedMonth, end - recent.seconds, (file, times) =>
      writeRecorded(file, ofWeeks, times),
    );
    prometheus = await startOnBlocks(folder, data);
  }
  const description =
    `30 days of ${count} pods with ${podSeries.length} series each, ${(samples / 1e6).toFixed(1)} million samples: every ` +
    `${recent.interval} s what dashboards read of the last ${recent.seconds / hour} h and what rules read of the last ` +
    `${lastHour.seconds / hour} h, and every ${month.interval / hour} h what the objectives count; recorded series every ` +
    `${recordedRecently.interval} s, and every ${recordedMonth.interval} s of the month`;
  return { prometheus, description };
}
