import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that this run started; signals go to its pid and to no other. */
export interface Owned {
  readonly pid: number;
  readonly ended: Promise<number | string>;
  readonly logFile: string;
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal, waits for the end, kills after `patience` milliseconds. Resolves with status or signal. */
  stop(signal?: NodeJS.Signals, patience?: number): Promise<number | string>;
}

const running = new Set<Owned>();

// Whatever an interrupted run had no time to stop.
process.on('exit', () => {
  for (const owned of running) owned.signal('SIGKILL');
});

function own(child: ChildProcess, pid: number, logFile: string): Owned {
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const signal = (name: NodeJS.Signals): void => {
    if (isRunning()) process.kill(pid, name);
  };
  const owned: Owned = {
    pid,
    ended,
    logFile,
    isRunning,
    signal,
    async stop(name = 'SIGTERM', patience = 10_000) {
      signal(name);
      const cut = setTimeout(() => signal('SIGKILL'), patience);
      const status = await ended;
      clearTimeout(cut);
      return status;
    },
  };
  running.add(owned);
  void ended.then(() => running.delete(owned));
  return owned;
}

/** Starts a process whose output goes to `logFile`. Only the given variables and PATH reach it. */
export function startProcess(
  command: readonly [string, ...string[]],
  options: { logFile: string; env?: Record<string, string>; cwd?: string },
): Owned {
  const log = openSync(options.logFile, 'a');
  const [file, ...args] = command;
  const { PATH = '', HOME = '/' } = process.env;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { PATH, HOME, ...options.env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (child.pid === undefined) throw new Error(`${file} could not be started`);
  return own(child, child.pid, options.logFile);
}

/** Runs a command to its end. */
export async function runToEnd(
  command: readonly [string, ...string[]],
  options: { logFile: string; env?: Record<string, string>; cwd?: string },
): Promise<void> {
  const status = await startProcess(command, options).ended;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${tail(options.logFile)}`);
}

export function tail(file: string, lines = 15): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Asks until the answer is true. Rejects after `patience` milliseconds. */
export async function waitFor(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  patience = 20_000,
  pause = 20,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${patience} ms`);
    await sleep(pause);
  }
}
