import { readFileSync } from 'node:fs';

/** What all files of such a kind share takes seconds of CPU time, so one process runs them. */
const kinds: readonly RegExp[] = [
  /\bonEachStore\(/,
  /\/charts-ts\//,
  /support\/(process|data-dir|compiled-app|own-database|server-settings|certificates|chromium|servers)\.ts'|\/app\/commands\//,
];

/**
 * Divides test files, each in the order of `files`, into those on each store, those that load the charts, those that load
 * the commands, start a process or need a database of their own, and the others. None of the four takes much longer than
 * another: as soon as one has ended, a machine that does other work gives less of its time to the rest.
 */
export function split(files: readonly string[]): string[][] {
  const shares: string[][] = [...kinds, null].map(() => []);
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    shares.at(kinds.findIndex((kind) => kind.test(text)))?.push(file);
  }
  return shares.filter((share) => share.length > 0);
}
