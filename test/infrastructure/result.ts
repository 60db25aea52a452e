import type { Outcome } from '../support/summary-reporter.ts';
import type { Exception } from './exceptions.ts';

/** What one row of the table shows: a cell, or a file of further tests. */
export interface Result {
  readonly name: string;
  /** Programs with their versions. */
  readonly versions: readonly string[];
  readonly passed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** Failed tests and other faults. The row has passed if there are none. */
  readonly faults: readonly string[];
  /** Programs that are missing, so that the row did not run, and tests that were skipped without an exception. */
  readonly notRun: readonly string[];
}

/** A test that never began: the failure of its hook is a fault already. */
const isConsequence = (skipped: string): boolean => skipped.endsWith('(never began)');

/** Tests that were skipped without an exception. */
export function unexplainedSkips(skipped: readonly string[], exceptions: readonly Exception[]): string[] {
  const isExcepted = (test: string): boolean => exceptions.some(({ title }) => test.startsWith(title));
  return skipped.filter((test) => !isExcepted(test) && !isConsequence(test));
}

/** Exceptions that exclude no test: the test has another title now, or is gone. */
export function unusedExceptions(skipped: readonly string[], exceptions: readonly Exception[]): string[] {
  const isUsed = ({ title }: Exception): boolean => skipped.some((test) => test.startsWith(title));
  return exceptions
    .filter((each) => !isUsed(each))
    .map(({ title }) => `an exception excludes no test: ${title}`);
}

/** The last lines of a run, without the table. @param isCi what did not run is a failure then */
export function closingLines(results: readonly Result[], isCi: boolean) {
  const lines = (of: 'faults' | 'notRun') =>
    results.flatMap((result) => result[of].map((text) => `${result.name}: ${text}`));
  const [failed, skipped] = isCi
    ? [[...lines('faults'), ...lines('notRun')], []]
    : [lines('faults'), lines('notRun')];
  return {
    hasFailed: failed.length > 0,
    lines: [...skipped.map((text) => `skipped: ${text}`), ...failed.map((text) => `failed: ${text}`)],
  };
}

/** Adds up the outcomes of several processes. */
export function addUp(outcomes: readonly Outcome[]) {
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
  };
}

function statusOf({ faults, notRun, passed, skipped }: Result): string {
  if (passed === 0 && faults.length === 0) return `SKIPPED: ${notRun.join(', ')}`;
  const counts = `${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return faults.length > 0 ? `FAILED (${faults.length}), ${counts}` : counts;
}

/** One line for a row. */
export function line(result: Result): string {
  const { name, versions, seconds } = result;
  const columns = [name.padEnd(22), statusOf(result).padEnd(36), `${Math.round(seconds)} s`.padStart(6)];
  return `${columns.join('  ')}  ${versions.join(', ')}`;
}

/** Rows of a table in Markdown, for docs/infrastructure.md. */
export function markdownRow(result: Result, servers: string): string {
  const { name, versions, passed, skipped } = result;
  return `| \`${name}\` | ${servers} | ${versions.join(', ')} | ${passed} | ${skipped} |`;
}
