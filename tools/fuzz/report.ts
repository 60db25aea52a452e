import type { StatusCounts } from './fuzzer.ts';

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

/** The report of a long run: seed, number of requests, and status codes per endpoint. */
export function report(statusCounts: StatusCounts, seed: number): string {
  const rows = [...statusCounts].map(([what, statuses]) => {
    const seen = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}×${count}`);
    return `  ${what.padEnd(48)} ${seen.join(' ')}`;
  });
  const total = sum([...statusCounts.values()].map((statuses) => sum(statuses.values())));
  return [`fuzz: seed ${seed}, ${total} requests`, ...rows, ''].join('\n');
}
