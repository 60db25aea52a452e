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
  /** Set if the row did not run because a program is missing. */
  readonly missing?: readonly string[];
}

/** A test that never began: the failure of its hook is a fault already. */
const isConsequence = (skipped: string): boolean => skipped.endsWith('(never began)');

/** Tests that were skipped without an exception, and exceptions that no test needs. */
export function exceptionFaults(skipped: readonly string[], exceptions: readonly Exception[]): string[] {
  const isExcepted = (test: string): boolean => exceptions.some(({ title }) => test.startsWith(title));
  const unexplained = skipped.filter((test) => !isExcepted(test) && !isConsequence(test));
  const isUsed = ({ title }: Exception): boolean => skipped.some((test) => test.startsWith(title));
  return [
    ...unexplained.map((test) => `skipped without an exception: ${test}`),
    ...exceptions.filter((each) => !isUsed(each)).map(({ title }) => `exception for no test: ${title}`),
  ];
}

/** Adds up the outcomes of several processes. */
export function addUp(outcomes: readonly Outcome[]) {
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
  };
}

function statusOf({ faults, missing, passed, skipped }: Result): string {
  if (missing) return 'SKIPPED';
  const counts = `${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return faults.length > 0
    ? `FAILED: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}, ${counts}`
    : counts;
}

/** One line for a row. */
export function line(result: Result): string {
  const { name, versions, seconds, missing } = result;
  const columns = [name.padEnd(22), statusOf(result).padEnd(34), `${Math.round(seconds)} s`.padStart(6)];
  return `${columns.join('  ')}  ${(missing ?? versions).join(', ')}`;
}

/** Rows of a table in Markdown, for docs/infrastructure.md. */
export function markdownRow(result: Result, servers: string): string {
  const { name, versions, passed, skipped } = result;
  return `| \`${name}\` | ${servers} | ${versions.join(', ')} | ${passed} | ${skipped} |`;
}
