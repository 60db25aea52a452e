import { readFileSync } from 'node:fs';

/** What all files of such a kind share takes seconds of CPU time, so one process runs them. */
const kinds: readonly RegExp[] = [
  /\bonEachStore\(/,
  /\/charts-ts\//,
  /support\/(process|data-dir|compiled-app)\.ts'|\/app\/commands\//,
];

/**
 * Divides test files, each in the order of `files`, into those on each store, those that load the charts, those that start
 * the compiled service or load the commands, and the others. None of them takes much longer than the others.
 */
export function split(files: readonly string[]): string[][] {
  const shares: string[][] = [...kinds, null].map(() => []);
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    shares.at(kinds.findIndex((kind) => kind.test(text)))?.push(file);
  }
  return shares.filter((share) => share.length > 0);
}
