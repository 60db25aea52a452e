import type { CheckInfo, Outcome, Status } from '../check.ts';
import { addressOf, summaryOf } from './summary.ts';

export const symbols: Readonly<Record<Status, string>> = {
  passed: '√',
  warning: '‼',
  failed: '×',
  skipped: '-',
};

function lines({ check: { id, title }, finding: { status, message, fix } }: Outcome): string[] {
  const head = `${symbols[status]} ${title} [${id}]`;
  if (status === 'passed') return [`${head}: ${message}`];
  if (status === 'skipped') return [`${head}: skipped. ${message}`];
  return [head, `    ${message}`, ...(fix ? [`    Fix: ${fix}`] : []), `    See ${addressOf(id)}`];
}

function inCategories<T>(
  items: readonly T[],
  categoryOf: (item: T) => string,
  show: (item: T) => string[],
): string[] {
  const categories = [...new Set(items.map(categoryOf))];
  return categories.flatMap((category) => [
    category,
    '-'.repeat(category.length),
    ...items.filter((item) => categoryOf(item) === category).flatMap(show),
    '',
  ]);
}

/** Every check, by category. */
export const tableReport = (outcomes: readonly Outcome[]): string[] => [
  ...inCategories(outcomes, ({ check }) => check.category, lines),
  summaryOf(outcomes),
];

/** `--list` for a reader. */
export const checkList = (checks: readonly CheckInfo[]): string[] =>
  inCategories(
    checks,
    ({ category }) => category,
    ({ id, title }) => [`${id}: ${title}`],
  ).slice(0, -1);
