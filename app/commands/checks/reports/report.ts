import type { CheckInfo, Outcome } from '../check.ts';
import type { ReportFormat } from '../options.ts';
import { jsonList, jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { shortReport } from './short.ts';
import { checkList, tableReport } from './table.ts';

/** The arguments of CommandContext.report: one JSON document, or lines. */
export interface Report {
  readonly json: boolean;
  readonly result: object;
  readonly lines: readonly string[];
}

/** @param command the name of the command, which is the name of the test suite in JUnit XML */
export function createReport(command: string, format: ReportFormat, outcomes: readonly Outcome[]): Report {
  const lines = {
    table: () => tableReport(outcomes),
    short: () => shortReport(outcomes),
    junit: () => junitReport(command, outcomes),
    json: () => [],
  }[format]();
  return { json: format === 'json', result: format === 'json' ? jsonReport(outcomes) : {}, lines };
}

/** What `--list` prints. */
export const createListReport = (format: ReportFormat, checks: readonly CheckInfo[]): Report => ({
  json: format === 'json',
  result: format === 'json' ? jsonList(checks) : {},
  lines: format === 'json' ? [] : checkList(checks),
});
