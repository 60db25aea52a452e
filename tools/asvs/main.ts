// npm run asvs [-- 6.2.1 …]
//
// Breaks the controls of docs/asvs/breaks.yaml, one after the other, in a copy of the source, and runs the test that the
// table of ASVS names for each. A test that still passes shows nothing, and neither does one that failed before. Exit
// status 1 in both cases. With TEST_DATABASE_URL the tests run on real stores too.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Break, readBreaks } from '../docs/asvs.ts';
import { runFiles, runTest } from './run-test.ts';

/** What the tests of the application need. */
const copied = [
  'app',
  'migrations',
  'test',
  'tools',
  'docs',
  'charts-ts',
  'package.json',
  '.mocharc.cjs',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

function copySource(): string {
  const folder = mkdtempSync(join(tmpdir(), 'asvs-'));
  for (const name of copied) cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** @returns what went wrong, or null if the test failed because of the broken control */
async function tryBreak(folder: string, { file, find, replace, test }: Break): Promise<string | null> {
  const path = join(folder, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(find).length !== 2) return `the text to break is not exactly once in ${file}`;
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    const after = await runTest(folder, test);
    return after === 'failed' ? null : `the test ${after} without the control`;
  } finally {
    writeFileSync(path, source);
  }
}

async function main(only: readonly string[]): Promise<void> {
  const breaks = readBreaks().filter(({ requirement }) => only.length === 0 || only.includes(requirement));
  const folder = copySource();
  let survivors = 0;
  try {
    const files = new Set(breaks.map(({ test }) => test.split(' › ')[0] ?? ''));
    const before = await runFiles(folder, [...files]);
    if (before !== 'passed') throw new Error(`the tests ${before} before any control was broken`);
    for (const each of breaks) {
      const problem = await tryBreak(folder, each);
      if (problem) survivors += 1;
      process.stdout.write(`${each.requirement} ${problem ?? 'broken and noticed'}: ${each.test}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  process.stdout.write(`${breaks.length - survivors} of ${breaks.length} broken controls were noticed\n`);
  if (survivors > 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
