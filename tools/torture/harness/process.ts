import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that this run started. Signals go to its pid only. */
export interface ManagedProcess {
  readonly pid: number;
  readonly ended: Promise<number | string>;
  readonly logFile: string;
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal, waits for the end, kills after `timeout` milliseconds. Resolves with status or signal. */
  stop(signal?: NodeJS.Signals, timeout?: number): Promise<number | string>;
}

/** Changes a command so that it runs in another environment, such as a cgroup or a namespace. */
export type Wrap = (command: readonly [string, ...string[]]) => [string, ...string[]];

const running = new Set<ManagedProcess>();

// For an interrupted run.
process.on('exit', () => {
  for (const managed of running) managed.signal('SIGKILL');
});

function manage(child: ChildProcess, pid: number, logFile: string): ManagedProcess {
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const signal = (name: NodeJS.Signals): void => {
    if (isRunning()) process.kill(pid, name);
  };
  const managed: ManagedProcess = {
    pid,
    ended,
    logFile,
    isRunning,
    signal,
    async stop(name = 'SIGTERM', timeout = 10_000) {
      signal(name);
      const cut = setTimeout(() => signal('SIGKILL'), timeout);
      const status = await ended;
      clearTimeout(cut);
      return status;
    },
  };
  running.add(managed);
  void ended.then(() => running.delete(managed));
  return managed;
}

/** Starts a process whose output goes to `logFile`. Only the given variables and PATH reach it. */
export function startProcess(
  command: readonly [string, ...string[]],
  options: { logFile: string; env?: Record<string, string>; cwd?: string },
): ManagedProcess {
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
  return manage(child, child.pid, options.logFile);
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

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/**
 * A free port that the kernel does not use for outgoing connections: on Linux it takes these ports from 32768 on. So the port is
 * still free for a server that starts later, or that starts again after an outage.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) return port;
  }
}

/** Milliseconds in which a server starts on a machine that others keep busy. No scenario claims how long a start takes. */
export const startTimeout = 120_000;

/** Waits until the condition is true. Rejects after `timeout` milliseconds. */
export async function waitFor(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  timeout = 20_000,
  pause = 20,
): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeout} ms`);
    await sleep(pause);
  }
}
