import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
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
}

const brokenOff = (name: string, why: string): Outcome => ({
  passed: 0,
  failed: 1,
  failures: [`${name} ${why}`],
  skipped: [],
  stores: [],
  seed: null,
});

/** Runs mocha on some files, in a process that gets these variables and none of this process but the usual ones. */
export async function runMocha({
  files,
  variables,
  folder,
  name,
  deadline,
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
  const cut = setTimeout(() => killGroup(child), deadline);
  const [status, signal] = await ended;
  clearTimeout(cut);
  // Servers that a failed test has not stopped.
  killGroup(child);
  running.delete(child);
  const text = readFileSync(outputFile, 'utf8');
  const why = signal
    ? `was ended after ${deadline / 1000} seconds`
    : `ended with ${status} before its summary`;
  return { outcome: readOutcome(outcomeFile) ?? brokenOff(name, why), output: text };
}
