import { createHash } from 'node:crypto';

/** The first bits of a hash choose the register. */
const indexBits = 12;
const registerCount = 2 ** indexBits;
/** Corrects the mean of the registers; Flajolet et al., "HyperLogLog" (2007), figure 3. */
const alpha = 0.7213 / (1 + 1.079 / registerCount);

/**
 * A set of which only the number of elements can be read: 4 KiB, however many elements it has
 * (docs/decisions/0068-distinct-accounts-in-a-sketch.md).
 */
export type DistinctSketch = Uint8Array;

export const createSketch = (): DistinctSketch => new Uint8Array(registerCount);

/** Each register has the greatest number of leading zeros, plus one, among the hashes that chose the register. */
export function addToSketch(sketch: DistinctSketch, element: string): void {
  const hash = createHash('sha256').update(element).digest();
  const index = hash.readUInt16BE(0) >>> (16 - indexBits);
  const rank = Math.clz32(hash.readUInt32BE(2)) + 1;
  if (rank > (sketch[index] ?? 0)) sketch[index] = rank;
}

/** How many distinct elements the sets have together. The standard error is 1.6 %, and less for few elements. */
export function countDistinct(sketches: Iterable<DistinctSketch>): number {
  const union = createSketch();
  for (const sketch of sketches) {
    // An iterator would take ten times as long, and each scrape counts.
    for (let index = 0; index < registerCount; index += 1)
      if ((sketch[index] ?? 0) > (union[index] ?? 0)) union[index] = sketch[index] ?? 0;
  }
  let sum = 0;
  let empty = 0;
  for (const rank of union) {
    sum += 2 ** -rank;
    if (rank === 0) empty += 1;
  }
  const estimate = (alpha * registerCount ** 2) / sum;
  // Few elements leave registers empty, whose number is then the better estimate.
  const isSmall = estimate <= 2.5 * registerCount && empty > 0;
  return Math.round(isSmall ? registerCount * Math.log(registerCount / empty) : estimate);
}
