import { setTimeout as sleepFor } from 'node:timers/promises';
import { type Check, type Finding, failed, type Outcome, skipped } from './check.ts';

export interface RunOptions {
  /** Milliseconds until the whole run ends. A failed check is repeated until then. Without it each check runs once. */
  readonly wait?: number | undefined;
  /** Milliseconds for one check, if `wait` is not set. @default 15 seconds */
  readonly checkDeadline?: number;
  /** Called before a failed check runs again, so that the context can forget what it remembers. False: do not repeat. */
  readonly beforeRetry?: (id: string) => boolean;
  /** Ends the run: the checks that are left are skipped. */
  readonly signal?: AbortSignal;
  /** For tests. @default the clock of the process */
  readonly clock?: Clock;
}

interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Resolves after `time` milliseconds, or at once when the signal aborts. */
  sleep(time: number, signal: AbortSignal): Promise<void>;
}

const processClock: Clock = {
  now: () => performance.now(),
  sleep: (time, signal) => sleepFor(time, undefined, { signal }).catch(() => undefined),
};

/** Milliseconds before a failed check is repeated. The intervals grow, so that a long wait costs few requests. */
const pauses = [1_000, 2_000, 4_000, 8_000, 15_000];

const pauseBefore = (attempt: number): number => pauses[Math.min(attempt, pauses.length) - 1] ?? 0;

const interrupted = skipped('The run was interrupted');

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const silent = (time: number): Finding =>
  failed(
    `The check did not end within ${Math.round(time / 1000)} seconds`,
    'Find out why the other side does not answer: an overload, or a firewall that drops packets',
  );

/** What the check finds, at the latest after `time` milliseconds. An exception is a finding too. */
async function runOnce<C>(
  check: Check<C>,
  context: C,
  time: number,
  { clock = processClock, signal }: RunOptions,
): Promise<Finding> {
  const ended = new AbortController();
  const stop = (): void => ended.abort();
  signal?.addEventListener('abort', stop);
  const finding = check
    .run(context)
    .catch((error) =>
      failed(`The check could not be made: ${textOf(error)}`, 'Correct what the message says, and run again'),
    );
  const deadline = clock.sleep(time, ended.signal).then(() => (signal?.aborted ? interrupted : silent(time)));
  try {
    return await Promise.race([finding, deadline]);
  } finally {
    signal?.removeEventListener('abort', stop);
    ended.abort();
  }
}

/** Runs the check, and while it fails, again until the deadline of the run. */
async function runUntilPassed<C>(
  check: Check<C>,
  context: C,
  end: number | null,
  options: RunOptions,
): Promise<Finding> {
  const { clock = processClock, checkDeadline = 15_000, beforeRetry, signal } = options;
  const neverAborted = new AbortController().signal;
  for (let attempt = 1; ; attempt++) {
    const time = end === null ? checkDeadline : Math.max(end - clock.now(), 1);
    const finding = await runOnce(check, context, time, options);
    const pause = pauseBefore(attempt);
    const isLast = end === null || clock.now() + pause >= end || signal?.aborted === true;
    if (finding.status !== 'failed' || isLast) return finding;
    await clock.sleep(pause, signal ?? neverAborted);
    if (beforeRetry?.(check.id) === false) return finding;
  }
}

/**
 * Runs the checks one after another in the order of the table, because later ones use what earlier ones have found.
 * @param onOutcome called after each check, for progress
 */
export async function runChecks<C>(
  checks: readonly Check<C>[],
  context: C,
  options: RunOptions = {},
  onOutcome: (outcome: Outcome) => void = () => undefined,
): Promise<Outcome[]> {
  const { clock = processClock, wait, signal } = options;
  const end = wait === undefined ? null : clock.now() + wait;
  /** The id of each check that could not pass, and of the failed check that is the reason. */
  const failures = new Map<string, string>();
  const outcomes: Outcome[] = [];
  for (const check of checks) {
    const start = clock.now();
    const reason = check.needs?.map((id) => failures.get(id)).find((id) => id !== undefined);
    const find = (): Promise<Finding> | Finding => {
      if (signal?.aborted) return interrupted;
      if (reason) return skipped(`The check ${reason} has failed`);
      return runUntilPassed(check, context, end, options);
    };
    const finding = await find();
    if (finding.status === 'failed') failures.set(check.id, check.id);
    else if (reason) failures.set(check.id, reason);
    const outcome = { check, finding, duration: clock.now() - start };
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}
