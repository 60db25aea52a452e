import { hasFailed, type Outcome, type Status } from '../check.ts';

/** Where docs/checks.md explains a check. */
export const addressOf = (id: string): string => `docs/checks.md#${id}`;

export function countsOf(outcomes: readonly Outcome[]): Readonly<Record<Status, number>> {
  const counts = { passed: 0, warning: 0, failed: 0, skipped: 0 };
  for (const { finding } of outcomes) counts[finding.status] += 1;
  return counts;
}

/** The last line of a report for a reader. */
export function summaryOf(outcomes: readonly Outcome[]): string {
  const { passed, warning, failed, skipped } = countsOf(outcomes);
  const word = hasFailed(outcomes) ? 'failed' : 'passed';
  return `Result: ${word} (${passed} passed, ${warning} warnings, ${failed} failed, ${skipped} skipped)`;
}
