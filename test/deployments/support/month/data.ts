import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleGroup } from '../../../../charts-ts/monitoring/alerts/rule.ts';
import { makeBlocks, type StoppedPrometheus, startOnBlocks } from './backfill.ts';
import { podsUntil, writeScrapes } from './pods.ts';
import { evaluateRules, type RecordedSeries, writeRecorded } from './recorded.ts';
import { isReadByRulesOnly, objectiveSeries, podSeries } from './series.ts';

const hour = 3_600;
const day = 24 * hour;

/** What a dashboard of six hours reads of each pod. */
const recent = { seconds: 6.5 * hour, interval: 30, block: 2 * hour };
/** What only the rules read of each pod, in windows of five minutes. */
const latest = { seconds: hour / 4, interval: 30, block: 2 * hour };
/** What the objectives count, over the whole month. Only rules read it. */
const month = { seconds: 30 * day, interval: 1_800, block: 54 * hour };
/** How often rules are evaluated. */
const evaluation = { recent: 60, month: 300 };

export interface MonthOfPods {
  readonly prometheus: StoppedPrometheus;
  /** Seconds since the epoch of the last sample. */
  readonly end: number;
  /** Milliseconds that each recording rule took, by the name of its series. */
  readonly rules: ReadonlyMap<string, number>;
  readonly description: string;
}

/** The part of each block between two times. Files of more than one block would be read once for each of them. */
function* partsOf(from: number, to: number, block: number): Iterable<{ from: number; to: number }> {
  for (let start = Math.floor(from / block) * block; start < to; start += block)
    yield { from: Math.max(from, start), to: Math.min(to, start + block) };
}

const span = (seconds: number): string => `${seconds / hour}h`;

/** Blocks of what Prometheus scrapes. @returns the number of samples */
function makeScrapes(folder: string, data: string, end: number, count: number): number {
  const file = join(folder, 'scrapes.txt');
  const pods = podsUntil(end, count);
  let samples = 0;
  const make = (series: typeof podSeries, from: number, to: number, part: typeof recent): void => {
    for (const time of partsOf(from, to, part.block)) {
      const running = pods.filter((pod) => pod.start < time.to && pod.end > time.from);
      samples += writeScrapes(file, { pods: running, series, ...time, interval: part.interval });
      if (statSync(file).size > 100) makeBlocks(file, data, span(part.block));
    }
  };
  const recentStart = end - recent.seconds;
  make(objectiveSeries, end - month.seconds, recentStart, month);
  const readByDashboards = podSeries.filter((one) => !isReadByRulesOnly(one));
  make(readByDashboards, recentStart, end, recent);
  make(podSeries.filter(isReadByRulesOnly), end - latest.seconds, end, latest);
  return samples;
}

/** Blocks of what rules record: of the whole month if they are few, otherwise of the time that a dashboard reads. */
function makeRecorded(folder: string, data: string, end: number, series: readonly RecordedSeries[]): void {
  const file = join(folder, 'recorded.txt');
  const count = (name: string): number => series.filter((one) => one.name === name).length;
  const make = (
    some: readonly RecordedSeries[],
    from: number,
    to: number,
    interval: number,
    block: number,
  ): void => {
    for (const time of partsOf(from, to, block)) {
      writeRecorded(file, some, { ...time, interval });
      makeBlocks(file, data, span(block));
    }
  };
  const isFew = ({ name }: RecordedSeries): boolean => count(name) <= 10;
  const recentStart = end - recent.seconds;
  make(series.filter(isFew), end - month.seconds, recentStart, evaluation.month, month.block);
  make(series, recentStart, end, evaluation.recent, recent.block);
}

/**
 * A Prometheus with a month of pods that a deploy replaces each day. The series of the rules are made of the answers to
 * their expressions, in rounds, because some rules read what others record.
 */
export async function startMonthOfPods(
  folder: string,
  groups: readonly RuleGroup[],
  count: number,
): Promise<MonthOfPods> {
  const data = join(folder, 'data');
  const now = Math.floor(Date.now() / 1000);
  const end = now - (now % recent.block);
  const samples = makeScrapes(folder, data, end, count);
  const known = new Set<string>();
  const rules = new Map<string, number>();
  for (;;) {
    const prometheus = await startOnBlocks(folder, data);
    const { durations, series } = await evaluateRules(prometheus, groups, end - 1);
    for (const [name, milliseconds] of durations) rules.set(name, milliseconds);
    const added = series.filter(({ name }) => !known.has(name));
    if (added.length === 0) {
      const description =
        `30 days of ${count} pods with ${podSeries.length} series each, ${(samples / 1e6).toFixed(1)} million samples: what dashboards read ` +
        `every ${recent.interval} s in the last ${recent.seconds / hour} h, the histograms that only rules read in the last ` +
        `${latest.seconds / 60} min, what the objectives count every ${month.interval / 60} min before; recorded series every ` +
        `${evaluation.recent} s, and every ${evaluation.month} s before`;
      return { prometheus, end, rules, description };
    }
    await prometheus.stop();
    makeRecorded(folder, data, end, added);
    for (const { name } of added) known.add(name);
  }
}
