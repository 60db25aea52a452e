/** How a line of a log is recognized, and what it means. */
export interface LogRule {
  /** Permanent. */
  readonly id: string;
  /** In the whole line, or in the name of a log event of the service for rules of events. */
  readonly pattern: RegExp;
  readonly severity: 'failed' | 'warning';
  /** One sentence without a full stop. */
  readonly meaning: string;
  readonly fix: string;
  /** Id of the check that looks for the cause. */
  readonly check?: string;
  /** Name of a page in docs/runbooks. */
  readonly runbook?: string;
}

type Row = readonly [
  id: string,
  pattern: RegExp,
  severity: LogRule['severity'],
  meaning: string,
  fix: string,
  check?: string,
  runbook?: string,
];

/** Rules from rows, because a table is easier to compare than objects. */
export const rulesOf = (rows: readonly Row[]): readonly LogRule[] =>
  rows.map(([id, pattern, severity, meaning, fix, check, runbook]) => ({
    ...{ id, pattern, severity, meaning, fix },
    ...(check !== undefined && { check }),
    ...(runbook !== undefined && { runbook }),
  }));
