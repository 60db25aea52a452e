import type { Outcome } from '../../checks/check.ts';
import type { ReportFormat } from '../../checks/options.ts';
import { createReport, type Report } from '../../checks/reports/report.ts';
import { addressOf } from '../../checks/reports/summary.ts';
import { symbols } from '../../checks/reports/table.ts';
import type { ExplainedLog, Explanation } from './explain-log.ts';

const runbookOf = (name: string): string => `docs/runbooks/${name}.md`;

function times({ count, first, last }: Explanation): string {
  const often = count === 1 ? 'once' : `${count} times`;
  if (first === null || last === null) return often;
  return first === last ? `${often}, at ${first}` : `${often}, first at ${first}, last at ${last}`;
}

function pagesOf({ rule: { check, runbook } }: Explanation): string[] {
  return [...(check ? [addressOf(check)] : []), ...(runbook ? [runbookOf(runbook)] : [])];
}

function tableLines(explanation: Explanation): string[] {
  const { rule } = explanation;
  const pages = pagesOf(explanation);
  return [
    `${symbols[rule.severity]} ${rule.meaning} [${rule.id}]: ${times(explanation)}`,
    `    Fix: ${rule.fix}`,
    ...(pages.length > 0 ? [`    See ${pages.join(' and ')}`] : []),
  ];
}

const shortLine = (explanation: Explanation): string => {
  const { rule } = explanation;
  return `${symbols[rule.severity]} [${rule.id}] ${rule.meaning}, ${times(explanation)}. ${rule.fix}`;
};

const present = (explanation: Explanation) => {
  const { rule, count, first, last } = explanation;
  const { id, severity, meaning, fix, check, runbook } = rule;
  return {
    ...{ id, status: severity, meaning, count, first_at: first, last_at: last, fix },
    check: check ?? null,
    runbook: runbook ? runbookOf(runbook) : null,
  };
};

function asOutcome(explanation: Explanation): Outcome {
  const { id, severity, meaning, fix } = explanation.rule;
  const message = `${meaning}: ${times(explanation)}`;
  return {
    check: { id: explanation.rule.check ?? id, category: `Log: ${id}`, title: meaning, documentation: '' },
    finding: { status: severity, message, fix },
    duration: 0,
  };
}

export const hasFailure = ({ explanations }: ExplainedLog): boolean =>
  explanations.some(({ rule }) => rule.severity === 'failed');

function summaryOf({ lines, unknown, explanations }: ExplainedLog): string {
  const what =
    explanations.length === 0 ? 'nothing that needs an operator' : `${explanations.length} explanations`;
  return `Result: ${what} in ${lines} lines, ${unknown} of them unknown`;
}

/** The explanations in one of the formats of checks. */
export function createLogReport(format: ReportFormat, log: ExplainedLog): Report {
  if (format === 'junit') return createReport('doctor', 'junit', log.explanations.map(asOutcome));
  if (format === 'json') {
    const { lines, unknown, explanations } = log;
    const status = hasFailure(log) ? 'failed' : 'passed';
    return {
      json: true,
      result: { status, lines, unknown_lines: unknown, explanations: explanations.map(present) },
      lines: [],
    };
  }
  const lines = format === 'short' ? log.explanations.map(shortLine) : log.explanations.flatMap(tableLines);
  return { json: false, result: {}, lines: [...lines, summaryOf(log)] };
}
