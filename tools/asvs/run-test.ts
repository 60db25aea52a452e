import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '../../test/support/summary-reporter.ts';

/** `refuses ${what}, though` → a pattern for the titles that the source generates. */
function patternOf(title: string): string {
  const parts = title.split(/\$\{[^}]*\}/);
  return parts.map((part) => part.replaceAll(/[.*+?^$()|[\]{}\\]/g, '\\$&')).join('.*');
}

function readOutcome(file: string): Outcome | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function verdictOf(outcome: Outcome | null): 'passed' | 'failed' | 'did not run' {
  if (!outcome || outcome.passed + outcome.failed === 0) return 'did not run';
  return outcome.failed > 0 ? 'failed' : 'passed';
}

type Verdict = ReturnType<typeof verdictOf>;

function runMocha(folder: string, options: readonly string[]): Promise<Verdict> {
  const scratch = mkdtempSync(join(tmpdir(), 'asvs-outcome-'));
  const outcomeFile = join(scratch, 'outcome.json');
  const { SEED: _, ...env } = process.env;
  const child = spawn('node_modules/.bin/mocha', options, {
    cwd: folder,
    env: { ...env, OUTCOME_FILE: outcomeFile },
    stdio: 'ignore',
  });
  return new Promise((resolve) => {
    child.once('close', () => {
      const verdict = verdictOf(readOutcome(outcomeFile));
      rmSync(scratch, { recursive: true });
      resolve(verdict);
    });
  });
}

/**
 * Runs one test of a copy of the source. A process that ends without an outcome, such as one that cannot load a file, did
 * not run the test: its failure would show nothing.
 * @param test `file › title`
 */
export function runTest(folder: string, test: string): Promise<Verdict> {
  const [file = '', ...titles] = test.split(' › ');
  return runMocha(folder, [file, '--grep', patternOf(titles.at(-1) ?? '')]);
}

/** Runs all tests of some files. */
export const runFiles = (folder: string, files: readonly string[]): Promise<Verdict> =>
  runMocha(folder, files);
