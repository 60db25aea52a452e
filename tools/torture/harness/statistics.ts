/** The value below which the share `q` of the sample lies (nearest rank); 0 of an empty sample. */
export function percentile(sample: readonly number[], q: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? 0;
}

export const median = (sample: readonly number[]): number => percentile(sample, 0.5);

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
