import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/** A stream that passes on what it gets, and knows its size in bytes and its SHA-256 in hexadecimal at the end. */
export function createDigest(): { stream: Transform; size(): number; sha256(): string } {
  const hash = createHash('sha256');
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      hash.update(chunk);
      size += chunk.length;
      pass(null, chunk);
    },
  });
  return { stream, size: () => size, sha256: () => hash.digest('hex') };
}

/**
 * Waits for all parts of a pipeline to end, so that none of them still works on a file that is removed afterwards.
 * @throws the error of the first part in the list that failed: the others fail because of it
 */
export async function allOrReason(parts: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(parts);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
