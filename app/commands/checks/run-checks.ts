import { setTimeout as sleepFor } from 'node:timers/promises';
import { type Check, type Finding, failed, type Outcome, skipped } from './check.ts';

export interface RunOptions {
  /**
   * Milliseconds from the start of the run, until which a failed check is repeated. Without it each check runs once. A check
   * whose first attempt begins later runs once too, so that one check that never passes does not fail all others.
   */
  readonly wait?: number | undefined;
  /** Milliseconds for one attempt of a check. @default 15 seconds */
  readonly checkDeadline?: number;
  /** Milliseconds before each repetition; the last one counts for all that follow. @default 1 to 15 seconds */
  readonly pauses?: readonly number[];
  /** Called before the pause of each repetition, so that the context can forget what it remembers. False: do not repeat. */
  readonly beforeRetry?: (id: string) => boolean;
  /** Ends the run: the checks that are left are skipped. */
  readonly signal?: AbortSignal;
  /** For tests. @default the clock of the process */
  readonly clock?: Clock;
}

interface Clock {
  /** Milliseconds. */
  now(): number;
  /** The pause before a repetition: resolves after `time` milliseconds, or at once when the signal aborts. */
  sleep(time: number, signal: AbortSignal): Promise<void>;
  /** The deadline of an attempt: resolves in the same way. */
  expire(time: number, signal: AbortSignal): Promise<void>;
}

const wait = (time: number, signal: AbortSignal): Promise<void> =>
  sleepFor(time, undefined, { signal }).catch(() => undefined);

const processClock: Clock = { now: () => performance.now(), sleep: wait, expire: wait };

/** They grow, so that a long wait costs few requests. */
const defaultPauses = [1_000, 2_000, 4_000, 8_000, 15_000];

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
  const deadline = clock
    .expire(time, ended.signal)
    .then(() => (signal?.aborted ? interrupted : silent(time)));
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
  const { pauses = defaultPauses } = options;
  const neverAborted = new AbortController().signal;
  for (let attempt = 1; ; attempt++) {
    const finding = await runOnce(check, context, checkDeadline, options);
    const pause = pauses[Math.min(attempt, pauses.length) - 1] ?? 0;
    const isLast = end === null || clock.now() + pause >= end || signal?.aborted === true;
    if (finding.status !== 'failed' || isLast) return finding;
    if (beforeRetry?.(check.id) === false) return finding;
    await clock.sleep(pause, signal ?? neverAborted);
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
