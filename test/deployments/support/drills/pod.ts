import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../../../../tools/torture/harness/cleanup.ts';
import { ask } from '../../../../tools/torture/harness/client.ts';
import {
  freePort,
  type ManagedProcess,
  runToEnd,
  startProcess,
  tail,
  waitFor,
} from '../../../../tools/torture/harness/process.ts';
import { compiledApp, runCompiledApp } from '../../../support/compiled-app.ts';

/** Milliseconds. A process starts in one or two seconds, and in many more on a busy machine. */
const startTimeout = 240_000;

/** One process of the service, on the same ports after each start. */
export interface Pod {
  readonly name: string;
  readonly url: string;
  readonly metricsPort: number;
  /** Starts the process again after `kill`. Resolves when it is ready. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Sends a signal to the process that serves, which a supervisor may have started. */
  signal(name: NodeJS.Signals): void;
  /** Kills the process that serves, and resolves when its supervisor has started the next one. */
  crash(): Promise<void>;
}

interface PodOptions {
  readonly folder: string;
  readonly name: string;
  readonly cleanup: Cleanup;
  readonly env: Readonly<Record<string, string>>;
  readonly isSupervised?: boolean | undefined;
}

/** Applies the migrations to an empty database, with the command of the service. */
export function migrateDatabase(databaseUrl: string, folder: string): Promise<void> {
  const env = { ENV: 'test', DATA_DIR: join(folder, 'migrate'), DB_PRIMARY_DB_URL: databaseUrl };
  return runToEnd([process.execPath, ...runCompiledApp(), 'migrate'], {
    logFile: join(folder, 'migrate.log'),
    cwd: folder,
    env,
  });
}

/** The process that the supervisor runs. */
function childOf(pid: number): number | undefined {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return child === undefined ? undefined : Number(child);
}

/** Starts the compiled service. Resolves when it is ready. */
export async function startPod(options: PodOptions): Promise<Pod> {
  const { cleanup, folder, isSupervised = false, name } = options;
  const [port, metricsPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...{ ENV: 'test', HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: String(metricsPort) },
    ...{ DATA_DIR: join(folder, name), LOG_LEVEL: 'warn', SHUTDOWN_TIMEOUT: '1s', ...options.env },
  };
  const supervisor = [join(compiledApp(), 'dist/commands/supervisor/entry.js')];
  const logFile = join(folder, `${name}.log`);
  let running: ManagedProcess;

  const isReady = async (): Promise<boolean> => {
    if (!running.isRunning()) throw new Error(`${name} ended:\n${tail(logFile)}`);
    return (await ask(url, 'GET /api/v1/health/ready')).status === 200;
  };
  const serving = (): number => (isSupervised ? (childOf(running.pid) ?? 0) : running.pid);
  const signal = (name: NodeJS.Signals, pid = serving()): void => {
    try {
      if (pid > 0) process.kill(pid, name);
    } catch {
      // It has ended by itself, as it does without its supervisor.
    }
  };

  async function start(): Promise<void> {
    running = startProcess([process.execPath, ...(isSupervised ? supervisor : runCompiledApp())], {
      logFile,
      // A file .env of the project must not be read.
      cwd: folder,
      env,
    });
    await waitFor(`${name} to be ready`, isReady, startTimeout, 100);
  }
  await start();
  cleanup.add(async () => void (await running.stop('SIGTERM', 5_000)));

  return {
    name,
    url,
    metricsPort,
    start,
    async kill() {
      const child = isSupervised ? serving() : 0;
      await running.stop('SIGKILL');
      // As in a container, whose other processes end with the first one.
      signal('SIGKILL', child);
    },
    signal: (name) => signal(name),
    async crash() {
      const before = serving();
      signal('SIGKILL', before);
      await waitFor(
        `${name} to start again`,
        async () => ![0, before].includes(serving()) && (await isReady()),
        startTimeout,
        50,
      );
    },
  };
}
