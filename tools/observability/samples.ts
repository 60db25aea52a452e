import { closeSync, openSync, writeSync } from 'node:fs';

export type Labels = Readonly<Record<string, string>>;

/** A name with labels, as OpenMetrics and PromQL write it. */
export function seriesName(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return pairs.length > 0 ? `${name}{${pairs.join(',')}}` : name;
}

/** Writes samples of the past in the format that promtool imports. */
export interface SampleWriter {
  /** @param time seconds since the epoch. The times of one series must increase. */
  write(series: string, value: number, time: number): void;
  close(): void;
}

/** Creates a file of samples, or replaces it. */
export function openSampleFile(path: string): SampleWriter {
  const descriptor = openSync(path, 'w');
  let lines: string[] = [];
  const flush = (): void => {
    writeSync(descriptor, lines.join(''));
    lines = [];
  };
  return {
    write(series, value, time) {
      lines.push(`${series} ${value} ${time}\n`);
      if (lines.length >= 50_000) flush();
    },
    close() {
      lines.push('# EOF\n');
      flush();
      closeSync(descriptor);
    },
  };
}
