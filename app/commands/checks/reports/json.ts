import { type CheckInfo, hasFailed, type Outcome } from '../check.ts';
import { addressOf, countsOf } from './summary.ts';

const presentCheck = ({ id, category, title }: CheckInfo) => ({
  id,
  category,
  title,
  documentation: addressOf(id),
});

/** One document for a program. */
export const jsonReport = (outcomes: readonly Outcome[]) => ({
  status: hasFailed(outcomes) ? 'failed' : 'passed',
  counts: countsOf(outcomes),
  checks: outcomes.map(({ check, finding: { status, message, fix }, duration }) => ({
    ...presentCheck(check),
    status,
    message,
    fix: fix ?? null,
    duration_ms: Math.round(duration),
  })),
});

/** `--list` for a program. */
export const jsonList = (checks: readonly CheckInfo[]) => ({ checks: checks.map(presentCheck) });
