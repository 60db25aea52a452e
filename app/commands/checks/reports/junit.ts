import type { Outcome } from '../check.ts';
import { addressOf, countsOf } from './summary.ts';

/** The characters that XML 1.0 (section 2.2) does not allow, even escaped. */
const notInXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

const escaped = (text: string): string =>
  text.replaceAll(notInXml, '\u{FFFD}').replaceAll(/[&<>"\n\r\t]/g, (sign) => entities[sign] ?? sign);

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

function result({ check: { id }, finding: { status, message, fix } }: Outcome): string {
  const text = escaped(message);
  const more = escaped([fix, `See ${addressOf(id)}`].filter(Boolean).join('. '));
  if (status === 'failed') return `<failure message="${text}">${more}</failure>`;
  if (status === 'skipped') return `<skipped message="${text}"/>`;
  // JUnit knows no warning.
  return `<system-out>${status === 'warning' ? `Warning: ${text}. ${more}` : text}</system-out>`;
}

function testCase(outcome: Outcome): string {
  const { id, category } = outcome.check;
  const attributes = `classname="${escaped(category)}" name="${escaped(id)}" time="${seconds(outcome.duration)}"`;
  return `    <testcase ${attributes}>${result(outcome)}</testcase>`;
}

/** The XML that CI systems read: one test suite with one test case for each check. */
export function junitReport(suite: string, outcomes: readonly Outcome[]): string[] {
  const { failed, skipped } = countsOf(outcomes);
  const time = seconds(outcomes.reduce((sum, { duration }) => sum + duration, 0));
  const counts = `tests="${outcomes.length}" failures="${failed}" errors="0" skipped="${skipped}" time="${time}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${escaped(suite)}" ${counts}>`,
    ...outcomes.map(testCase),
    '  </testsuite>',
    '</testsuites>',
  ];
}
