import type { TimeRange } from '../prometheus.ts';
import type { TimedRecording } from '../recorded-past.ts';
import { type Labels, openSampleFile, type SampleWriter, seriesName } from '../samples.ts';
import { processSamples, runningPods, writeContainer, writeDeployment } from './platform.ts';
import { createSimulatedPod, type SimulatedPod } from './pod.ts';
import {
  end,
  longInterval,
  longStart,
  podLives,
  requestRate,
  scrapeInterval,
  simulationStart,
} from './story.ts';

/** Adds the labels of the target to a line of a scrape. */
function targetSeries(line: string, target: string): { series: string; value: number } {
  const space = line.lastIndexOf(' ');
  const series = line.slice(0, space);
  const brace = series.indexOf('{');
  const labelled =
    brace < 0 ? `${series}{${target}}` : `${series.slice(0, brace + 1)}${target},${series.slice(brace + 1)}`;
  return { series: labelled, value: Number(line.slice(space + 1)) };
}

const isSample = (line: string): boolean => line !== '' && !line.startsWith('#');
const isOfProcess = (line: string): boolean => /^(process|nodejs)_/.test(line);

const labelText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');

async function writeScrape(
  file: SampleWriter,
  pod: SimulatedPod,
  target: Labels,
  time: number,
): Promise<void> {
  const lines = (await pod.scrape()).split('\n');
  const text = labelText(target);
  for (const line of lines.filter((sample) => isSample(sample) && !isOfProcess(sample))) {
    const { series, value } = targetSeries(line, text);
    file.write(series, value, time);
  }
  const known = new Set(lines.filter(isOfProcess).map((line) => line.replace(/[{ ].*/, '')));
  for (const [name, labels, value] of processSamples(pod, time)) {
    // The counters of garbage collection exist from the first collection on.
    if (!known.has(name) && !name.startsWith('nodejs_gc_'))
      throw new Error(`the service has no metric ${name}`);
    file.write(seriesName(name, { ...target, ...labels }), value, time);
  }
  file.write(seriesName('up', target), 1, time);
}

/** What the objectives read: the counters of requests, and how many requests of users were fast enough. */
const isOfObjectives = (line: string): boolean =>
  line.startsWith('http_requests_total{') ||
  /^http_request_duration_seconds_(count{|bucket{le="0.25",).*auth\/(login|register|refresh)"/.test(line);

/** Requests are simulated for this long, in seconds. The 30 days repeat their proportions. */
const sampleDuration = 4 * 3600;

/**
 * Writes the counters of the service level objectives for the days before the pictures begin: a simulation of some hours,
 * multiplied by the traffic of each half hour.
 */
async function writeLongHistory(file: SampleWriter, target: Labels): Promise<void> {
  const [life] = podLives();
  if (!life) throw new Error('there is no pod');
  const pod = createSimulatedPod(life, 99);
  const sampleTime = simulationStart + 1800;
  pod.serve(sampleTime, sampleDuration, 1);
  const requestsOfSample = requestRate(sampleTime) * sampleDuration;
  const text = labelText({ ...target, pod: life.name });
  const samples = (await pod.scrape())
    .split('\n')
    .filter(isOfObjectives)
    .map((line) => targetSeries(line, text));
  let factor = 0;
  for (let time = longStart; time < simulationStart; time += longInterval) {
    factor += (requestRate(time) * longInterval) / requestsOfSample;
    for (const { series, value } of samples) file.write(series, value * factor, time);
  }
}

/** Share of the requests that are logins which succeed, and how the traffic of earlier days differs from today's. */
const loginShare = 0.075;
const earlierDays = [
  { days: 7, ratio: 0.94 },
  { days: 1, ratio: 1.05 },
] as const;

/** Writes the successful logins at the same time of earlier days, with which dashboards and alerts compare those of now. */
function writeEarlierLogins(file: SampleWriter, target: Labels): void {
  const [life] = podLives();
  const labels = { ...target, pod: life?.name ?? '', outcome: 'success', reason: 'none' };
  const series = seriesName('auth_logins_total', labels);
  let count = 0;
  for (const { days, ratio } of earlierDays) {
    const shift = days * 86_400;
    for (let time = simulationStart - shift; time <= end - shift; time += scrapeInterval) {
      count += requestRate(time) * loginShare * ratio * scrapeInterval;
      file.write(series, Math.round(count), time);
    }
  }
}

/** When each rule has something to record. Those with an interval of their own record the 30 days of the objectives. */
export function recordedRanges({ interval, rule }: TimedRecording): TimeRange[] {
  if (interval) return [{ start: longStart + interval, end, step: interval }];
  const recent = { start: simulationStart, end, step: 60 };
  if (!rule.expr.includes('auth_logins_total')) return [recent];
  const before = earlierDays.map(({ days }) => ({
    start: simulationStart + 600 - days * 86_400,
    end: end - days * 86_400,
    step: 60,
  }));
  return [...before, recent];
}

/**
 * Writes the samples of the model installation: seven hours of all its metrics, and 30 days of those of the service level
 * objectives.
 * @param target labels of the series of the service: the job and the namespace, and the cluster if dashboards select it
 */
export async function writeHistory(path: string, target: Labels): Promise<void> {
  const file = openSampleFile(path);
  const { job: _job, ...installation } = target;
  await writeLongHistory(file, target);
  writeEarlierLogins(file, target);
  const pods = podLives().map((life, index) => createSimulatedPod(life, index + 1));
  for (let time = simulationStart; time <= end; time += scrapeInterval) {
    const running = runningPods(time);
    for (const pod of pods.filter(({ life }) => time >= life.from && time < life.to)) {
      pod.serve(time, scrapeInterval, running);
      await writeScrape(file, pod, { ...target, pod: pod.life.name }, time);
      writeContainer(file, installation, pod, time);
    }
    writeDeployment(file, installation, running, time);
  }
  file.close();
}
