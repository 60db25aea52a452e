import type { Outcome } from '../checks/check.ts';
import { runChecks } from '../checks/run-checks.ts';
import type { StateFolder } from './account/state-folder.ts';
import { createThrowAwayAccount } from './account/throw-away-account.ts';
import { category as authentication } from './checks/login.ts';
import { publicChecks } from './checks/public-checks.ts';
import { createVerifyContext, type VerifyCheck } from './context.ts';
import { createHttpClient } from './http/client.ts';
import type { Target } from './http/target.ts';
import type { VerifyOptions } from './options.ts';

/** Requests of a whole run. Two are kept for the deletion of the account. */
export const maxRequests = 40;
const deletionRequests = 2;

/** Requests that a run needs without a repetition; the others may be spent on repetitions (--wait). */
const planned = { readOnly: 26, full: 34 } as const;

/** Milliseconds for one request. */
export const requestTimeout = 10_000;

interface Verification {
  readonly target: Target;
  readonly checks: readonly VerifyCheck[];
  readonly options: VerifyOptions;
  readonly stateFolder: StateFolder;
  /** Milliseconds; see RunOptions. */
  readonly wait?: number | undefined;
  /** Ends the run early. The account is deleted then too. */
  readonly signal?: AbortSignal;
}

export interface Verified {
  readonly outcomes: readonly Outcome[];
  /** The email of an account that could not be deleted, or null. */
  readonly leftover: string | null;
}

/** Whether a failed check may be repeated, and whether that costs requests. */
function repetitionOf(checks: readonly VerifyCheck[], id: string): 'never' | 'free' | 'counted' {
  // A repetition would meet what the attempt before has left.
  if (checks.find((check) => check.id === id)?.category === authentication) return 'never';
  return publicChecks.some((check) => check.id === id) ? 'counted' : 'free';
}

/** Verifies the public side of a deployment, and deletes the account that it creates. */
export async function verifyDeployment(verification: Verification): Promise<Verified> {
  const { checks, options, signal, stateFolder, target, wait } = verification;
  const http = createHttpClient(target, {
    maxRequests: maxRequests - deletionRequests,
    timeout: requestTimeout,
  });
  const deletionHttp = createHttpClient(target, { maxRequests: deletionRequests, timeout: requestTimeout });
  const account = createThrowAwayAccount({ url: target.url.origin, http, deletionHttp, stateFolder });
  const context = createVerifyContext({ target, options, http, account });
  let repetitions = maxRequests - planned[options.isReadOnly ? 'readOnly' : 'full'];
  const beforeRetry = (id: string): boolean => {
    const repetition = repetitionOf(checks, id);
    if (repetition === 'free') return true;
    if (repetition === 'never' || repetitions === 0) return false;
    repetitions -= 1;
    context.forget();
    return true;
  };
  try {
    const outcomes = await runChecks(checks, context, { wait, beforeRetry, ...(signal && { signal }) });
    const { result } = await account.remove();
    return { outcomes, leftover: result === 'left' ? account.email : null };
  } finally {
    await account.remove();
    http.close();
    deletionHttp.close();
  }
}
