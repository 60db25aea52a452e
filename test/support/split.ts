import { readFileSync } from 'node:fs';

/** What all files of such a kind share takes seconds of CPU time, so no other process runs them. */
const kinds: readonly { readonly pattern: RegExp; readonly processes: number }[] = [
  { pattern: /\bon(?:Each|One)Store\(/, processes: 2 },
  { pattern: /\/charts-ts\//, processes: 2 },
  { pattern: /^/, processes: 3 },
];

/**
 * Divides test files, each in the order of `files`, into those on each store, those that load the charts, and the others.
 * No process takes much longer than another: as soon as one has ended, a machine that does other work gives less of its
 * time to the rest.
 */
export function split(files: readonly string[]): string[][] {
  const filesOfKind = kinds.map((): string[] => []);
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    filesOfKind[kinds.findIndex(({ pattern }) => pattern.test(text))]?.push(file);
  }
  return kinds
    .flatMap(({ processes }, kind) =>
      Array.from({ length: processes }, (_, process) =>
        (filesOfKind[kind] ?? []).filter((_, index) => index % processes === process),
      ),
    )
    .filter((share) => share.length > 0);
}
