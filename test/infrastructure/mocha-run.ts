import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../support/summary-reporter.ts';
import type { Variables } from './cells.ts';

/** Processes of mocha that have not ended. Each leads a process group, to which the servers of its tests belong. */
const running = new Set<ChildProcess>();

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Every process of the group has ended.
  }
}

/** Kills every run with everything that its tests have started. */
export function endRuns(): void {
  for (const child of running) killGroup(child);
}

process.on('exit', endRuns);

/** Null for a run that ended before it had an outcome. */
function readOutcome(file: string): Outcome | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

export interface MochaRun {
  readonly outcome: Outcome;
  /** What mocha printed. */
  readonly output: string;
}

/** Milliseconds for one test. The machine of CI is busy, and each application starts a proxy. */
const testTimeout = '60000';

interface MochaOptions {
  readonly files: readonly string[];
  readonly variables: Variables;
  /** For the output and the outcome. */
  readonly folder: string;
  readonly name: string;
  /** Milliseconds. Then the run and everything that it started is killed, and has failed. */
  readonly deadline: number;
  /** Milliseconds that a run may take to end after its tests. @default 30,000 */
  readonly timeToEnd?: number;
}

const brokenOff = (name: string, why: string): Outcome => ({
  passed: 0,
  failed: 1,
  failures: [`${name} ${why}`],
  skipped: [],
  stores: [],
  seed: null,
});

/** Kills a run after its deadline, or if it does not end although its tests have. @returns a function that stops it */
function endLate(child: ChildProcess, outcomeFile: string, deadline: number, timeToEnd: number): () => void {
  const timers = [setTimeout(() => killGroup(child), deadline)];
  const look = setInterval(() => {
    if (!existsSync(outcomeFile)) return;
    clearInterval(look);
    timers.push(setTimeout(() => killGroup(child), timeToEnd));
  }, 1_000);
  return () => {
    clearInterval(look);
    for (const timer of timers) clearTimeout(timer);
  };
}

interface End {
  readonly status: number | null;
  readonly signal: string | null;
  readonly deadline: number;
}

/** A run without an outcome has failed. So has a run that had to be killed after its tests. */
function judge(name: string, outcome: Outcome | null, { status, signal, deadline }: End): Outcome {
  if (!outcome) {
    const why = signal
      ? `was ended after ${deadline / 1000} seconds`
      : `ended with ${status} before its summary`;
    return brokenOff(name, why);
  }
  if (!signal) return outcome;
  const failure = `${name} did not end after its tests: they have not closed everything`;
  return { ...outcome, failed: outcome.failed + 1, failures: [...outcome.failures, failure] };
}

/** Runs mocha on some files, in a process that gets these variables and none of this process but the usual ones. */
export async function runMocha({
  files,
  variables,
  folder,
  name,
  deadline,
  timeToEnd = 30_000,
}: MochaOptions): Promise<MochaRun> {
  const [outcomeFile, outputFile] = [join(folder, `${name}.json`), join(folder, `${name}.log`)];
  const { PATH, HOME, CI, TMPDIR } = process.env;
  const output = openSync(outputFile, 'w');
  const child = spawn('node_modules/.bin/mocha', ['--timeout', testTimeout, ...files], {
    env: { PATH, HOME, CI, TMPDIR, ...variables, OUTCOME_FILE: outcomeFile },
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  running.add(child);
  const ended = once(child, 'exit');
  const stopWatching = endLate(child, outcomeFile, deadline, timeToEnd);
  const [status, signal] = await ended;
  stopWatching();
  // Servers that a failed test has not stopped.
  killGroup(child);
  running.delete(child);
  const text = readFileSync(outputFile, 'utf8');
  return { outcome: judge(name, readOutcome(outcomeFile), { status, signal, deadline }), output: text };
}
