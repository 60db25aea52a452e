import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Line } from '../../observe/events/events.ts';
import { loadEnvironmentFile } from '../environment-file.ts';
import { type BoundSocket, bindPort } from './bound-socket.ts';
import { formatLine } from './format-line.ts';
import { createRestartLimiter, restartLimit } from './restart-limit.ts';

// This file runs in a process of its own beside the service. It imports nothing of the service but the plain functions that
// format a line of the log, so that this process needs little memory.

/** How to start the service. */
interface Program {
  /** Options of Node.js. */
  readonly options: readonly string[];
  /** The file of main.ts. */
  readonly entry: string;
}

/** The end of a process. Either the status or the signal is null. */
interface End {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

type Sockets = { readonly [listener in 'api' | 'metrics']: BoundSocket | null };

type OwnEvent = 'port_unsupervised' | 'process_given_up' | 'process_restarted';

/** Writes a line to standard output in the format of the log of the service. */
function log(level: 'warn' | 'error', fields: Line<OwnEvent>, message: string): void {
  process.stdout.write(`${formatLine(process.env, level, fields, message)}\n`);
}

/** Null for `off`, and for a text that the service refuses. */
function portOf(text: string | undefined, byDefault: string): number | null {
  const digits = text?.trim() || byDefault;
  return /^\d+$/.test(digits) && Number(digits) <= 65_535 ? Number(digits) : null;
}

/** Null without a port, and for a port that cannot be bound: then the service opens it, or reports the error and ends. */
async function tryToBind(host: string | undefined, port: number | null): Promise<BoundSocket | null> {
  if (port === null) return null;
  try {
    return await bindPort(host, port);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log('warn', { event: 'port_unsupervised', port, reason }, `the supervisor cannot open port ${port}`);
    return null;
  }
}

async function openSockets({ HOST, METRICS_PORT, PORT }: NodeJS.ProcessEnv): Promise<Sockets> {
  const host = HOST?.trim() || undefined;
  return {
    api: await tryToBind(host, portOf(PORT, '8000')),
    metrics: await tryToBind(host, portOf(METRICS_PORT, '9464')),
  };
}

/** NODE_OPTIONS are those of the service. app/auth-service hides them from the supervisor under the other name. */
function serviceEnvironment(): NodeJS.ProcessEnv {
  const { SERVICE_NODE_OPTIONS, ...others } = process.env;
  return SERVICE_NODE_OPTIONS === undefined ? others : { ...others, NODE_OPTIONS: SERVICE_NODE_OPTIONS };
}

/** Starts the service. Its descriptors 4 and 5 are the sockets, and 3 is the channel to the supervisor. */
function startService({ entry, options }: Program, { api, metrics }: Sockets, restarts: number) {
  const args = ['serve', '--restarts', `${restarts}`];
  if (api) args.push('--api-socket', '4');
  if (metrics) args.push('--metrics-socket', '5');
  return spawn(process.execPath, [...options, entry, ...args], {
    env: serviceEnvironment(),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc', api?.fd ?? 'ignore', metrics?.fd ?? 'ignore'],
  });
}

/** Waits for the end of the service. `hasServed` is false if it ended before it accepted requests. */
async function serviceEnd(child: ChildProcess): Promise<End & { readonly hasServed: boolean }> {
  let hasServed = false;
  child.once('message', () => {
    hasServed = true;
  });
  const [status, signal] = await once(child, 'exit');
  return { status, signal, hasServed };
}

/** The exit status, as a shell reports it for a signal. */
const statusOf = ({ signal, status }: End): number =>
  status ?? 128 + (signal ? constants.signals[signal] : 0);

/** Whether the process ended as it was asked to: it drained, or it did not handle the signal yet and had served nothing. */
const isStopped = ({ signal, status }: End): boolean =>
  status === 0 || signal === 'SIGTERM' || signal === 'SIGINT';

/**
 * Runs the service in a process of its own, and starts it again at once if it ends by itself after it has accepted
 * requests. This process keeps the ports open meanwhile, so that new connections wait instead of being refused. It
 * passes SIGTERM and SIGINT on, and ends with the service if the service has not accepted requests, or ends too often.
 * @returns the exit status
 */
export async function supervise(program: Program): Promise<number> {
  let child: ChildProcess | undefined;
  let sockets: Sockets = { api: null, metrics: null };
  let isStopping = false;

  function stop(signal: NodeJS.Signals): void {
    isStopping = true;
    // The service closes its ports when it has drained. They must not stay open here, where nobody accepts connections.
    sockets.api?.close();
    sockets.metrics?.close();
    child?.kill(signal);
  }
  // Before anything that takes time, see nextStopSignal.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  loadEnvironmentFile();
  sockets = await openSockets(process.env);
  const mayRestart = createRestartLimiter(restartLimit, () => performance.now());
  for (let restarts = 0; !isStopping; restarts += 1) {
    child = startService(program, sockets, restarts);
    const end = await serviceEnd(child);
    if (isStopping) return isStopped(end) ? 0 : statusOf(end);
    if (!end.hasServed) return statusOf(end);
    const { signal, status } = end;
    if (!mayRestart()) {
      log('error', { event: 'process_given_up', signal, status }, 'the service ends too often');
      return statusOf(end);
    }
    log(
      'error',
      { event: 'process_restarted', signal, status },
      'the service has ended by itself and is started again',
    );
  }
  return 0;
}
