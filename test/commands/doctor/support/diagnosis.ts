import type { Finding } from '../../../../app/commands/checks/check.ts';
import { runChecks } from '../../../../app/commands/checks/run-checks.ts';
import { selectChecks } from '../../../../app/commands/checks/selection.ts';
import { doctorChecks } from '../../../../app/commands/doctor/checks/doctor-checks.ts';
import type { DoctorCheck } from '../../../../app/commands/doctor/checks/fault-check.ts';
import { createDoctorContext, type DoctorSources } from '../../../../app/commands/doctor/doctor-context.ts';
import { redacted } from '../../../../app/commands/doctor/redaction.ts';

/** The last day of support of the Node.js release that the tests name. */
export const supported = { nodeVersion: '22.12.0', now: () => Date.parse('2026-11-27T00:00:00Z') } as const;

export interface Diagnosis {
  /** `failed database-dns`, for each check that warns or fails, in the order of the table. */
  readonly problems: readonly string[];
  readonly findings: ReadonlyMap<string, Finding>;
  /** All messages and fixes. */
  readonly text: string;
}

/** Runs checks of the doctor. @param checks all of them by default */
export async function diagnose(
  sources: DoctorSources,
  checks: readonly DoctorCheck[] = doctorChecks,
): Promise<Diagnosis> {
  const context = createDoctorContext(sources);
  try {
    const outcomes = await runChecks(checks.map(redacted), context);
    const bad = outcomes.filter(({ finding: { status } }) => status === 'warning' || status === 'failed');
    return {
      problems: bad.map(({ check, finding }) => `${finding.status} ${check.id}`),
      findings: new Map(outcomes.map(({ check, finding }) => [check.id, finding])),
      text: outcomes.map(({ finding }) => `${finding.message}\n${finding.fix ?? ''}`).join('\n'),
    };
  } finally {
    await context.close();
  }
}

/** The named checks and those that they need. */
export const only = (...ids: string[]): DoctorCheck[] => selectChecks(doctorChecks, { only: ids });
