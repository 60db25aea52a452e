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
import { runCompiledApp } from '../../../support/compiled-app.ts';

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
  signal(name: NodeJS.Signals): void;
}

interface PodOptions {
  readonly folder: string;
  readonly name: string;
  readonly cleanup: Cleanup;
  readonly env: Readonly<Record<string, string>>;
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

/** Starts the compiled service. Resolves when it is ready. */
export async function startPod(options: PodOptions): Promise<Pod> {
  const { cleanup, folder, name } = options;
  const [port, metricsPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...{ ENV: 'test', HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: String(metricsPort) },
    ...{ DATA_DIR: join(folder, name), LOG_LEVEL: 'warn', SHUTDOWN_TIMEOUT: '1s', ...options.env },
  };
  const logFile = join(folder, `${name}.log`);
  let running: ManagedProcess;

  const isReady = async (): Promise<boolean> => {
    if (!running.isRunning()) throw new Error(`${name} ended:\n${tail(logFile)}`);
    return (await ask(url, 'GET /api/v1/health/ready')).status === 200;
  };

  async function start(): Promise<void> {
    running = startProcess([process.execPath, ...runCompiledApp()], {
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
      await running.stop('SIGKILL');
    },
    signal(name) {
      try {
        process.kill(running.pid, name);
      } catch {
        // It has ended by itself.
      }
    },
  };
}
