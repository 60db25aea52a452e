import type { Outcome } from '../check.ts';
import { addressOf, summaryOf } from './summary.ts';
import { symbols } from './table.ts';

/** One line for each warning and each failure, and the result. */
export const shortReport = (outcomes: readonly Outcome[]): string[] => [
  ...outcomes
    .filter(({ finding: { status } }) => status === 'warning' || status === 'failed')
    .map(({ check: { id }, finding: { status, message, fix } }) => {
      const sentences = [message, fix, `See ${addressOf(id)}`].filter(Boolean);
      return `${symbols[status]} [${id}] ${sentences.join('. ')}`;
    }),
  summaryOf(outcomes),
];
