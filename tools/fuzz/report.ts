import type { Tally } from './campaign.ts';

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

/** What a long run prints: seed, requests done, and the statuses of each endpoint. */
export function report(tally: Tally, seed: number): string {
  const rows = [...tally].map(([what, statuses]) => {
    const seen = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}×${count}`);
    return `  ${what.padEnd(48)} ${seen.join(' ')}`;
  });
  const total = sum([...tally.values()].map((statuses) => sum(statuses.values())));
  return [`fuzz: seed ${seed}, ${total} requests`, ...rows, ''].join('\n');
}
