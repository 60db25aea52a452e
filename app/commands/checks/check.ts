export type Status = 'passed' | 'warning' | 'failed' | 'skipped';

export interface Finding {
  readonly status: Status;
  /** What was found, one line. */
  readonly message: string;
  /** What to do, one line; for warning and failed. */
  readonly fix?: string;
}

/** One row of a table of checks. docs/checks.md is written from the same rows. */
export interface Check<Context> {
  /** Permanent: never renamed or given to another check. It is the anchor in docs/checks.md. */
  readonly id: string;
  readonly category: string;
  /** What is true when the check passes; one sentence without a full stop. */
  readonly title: string;
  /** For docs/checks.md: what is checked and why, what usually causes a failure, how to correct it. Markdown. */
  readonly documentation: string;
  /** Ids of checks that must not have failed; otherwise this one is skipped, and says why. */
  readonly needs?: readonly string[];
  run(context: Context): Promise<Finding>;
}

/** What the reports and docs/checks.md need of a check. */
export type CheckInfo = Omit<Check<never>, 'run'>;

/** A check and what it found. */
export interface Outcome {
  readonly check: CheckInfo;
  readonly finding: Finding;
  /** Milliseconds, all attempts together. */
  readonly duration: number;
}

export const passed = (message: string): Finding => ({ status: 'passed', message });
export const skipped = (message: string): Finding => ({ status: 'skipped', message });
export const warning = (message: string, fix: string): Finding => ({ status: 'warning', message, fix });
export const failed = (message: string, fix: string): Finding => ({ status: 'failed', message, fix });

/** The status of the whole run. A warning does not fail a run. */
export const hasFailed = (outcomes: readonly Outcome[]): boolean =>
  outcomes.some(({ finding }) => finding.status === 'failed');
