import { openSampleFile } from '../../../../tools/observability/samples.ts';
import type { PodSeries } from './series.ts';

/** A pod, and when it runs, in seconds since the epoch. */
interface Pod {
  readonly name: string;
  readonly version: string;
  readonly start: number;
  readonly end: number;
}

const hour = 3_600;
const day = 24 * hour;

/**
 * `count` pods at any time. A deploy replaces all of them each day, and the last one was three hours ago.
 * @param end of the data, in seconds since the epoch
 */
export function podsUntil(end: number, count: number, days = 30): Pod[] {
  const lastDeploy = end - 3 * hour;
  return Array.from({ length: days + 1 }, (_, back) => {
    const start = lastDeploy - back * day;
    const hash = (0x7d9f8b00 + back).toString(16);
    return Array.from({ length: count }, (_, index) => ({
      name: `auth-service-${hash}-${(10_000 + index).toString(36)}`,
      version: `1.${100 - back}.0`,
      start,
      end: back === 0 ? end : start + day,
    }));
  }).flat();
}

const labelsOf = (pod: Pod): string =>
  `namespace="auth-system",job="auth-service",pod="${pod.name}",instance="${pod.name}:9464"`;

/** The series of a pod, and how to compute the value after some seconds. */
function seriesOf(pod: Pod, series: readonly PodSeries[]) {
  const own = labelsOf(pod);
  const infos: readonly PodSeries[] = [
    { name: 'auth_build_info', labels: `version="${pod.version}"`, value: 1, isCounter: false },
    { name: 'process_start_time_seconds', labels: '', value: pod.start, isCounter: false },
    { name: 'auth_last_backup_timestamp_seconds', labels: '', value: pod.start, isCounter: false },
  ];
  return [...series, ...infos].map(({ isCounter, labels, name, value }) => ({
    text: `${name}{${labels ? `${labels},` : ''}${own}}`,
    isCounter,
    value,
  }));
}

/** Writes what Prometheus would have scraped of the pods. Times are in seconds. @returns the number of samples */
export function writeScrapes(
  path: string,
  options: {
    pods: readonly Pod[];
    series: readonly PodSeries[];
    from: number;
    to: number;
    interval: number;
  },
): number {
  const { from, interval, pods, series, to } = options;
  const file = openSampleFile(path);
  let samples = 0;
  for (const pod of pods) {
    const first = Math.max(from, Math.ceil(pod.start / interval) * interval);
    const last = Math.min(to, pod.end);
    const all = first < last ? seriesOf(pod, series) : [];
    for (let time = first; time < last; time += interval) {
      for (const { isCounter, text, value } of all)
        file.write(text, isCounter ? Math.floor(value * (time - pod.start)) : value, time);
      samples += all.length;
    }
  }
  file.close();
  return samples;
}
