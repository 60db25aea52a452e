import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask } from './client.ts';
import {
  freePort,
  type ManagedProcess,
  runToEnd,
  startProcess,
  startTimeout,
  tail,
  type Wrap,
  waitFor,
} from './process.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const executable = ['--require', './dist/threads.cjs', 'dist/main.js'] as const;

export interface Service {
  readonly url: string;
  /** The listener for metrics and probes. */
  readonly managementUrl: string;
  readonly process: ManagedProcess;
  /** Sum of the series of this name whose labels contain all of `labels`. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** Resident memory in MiB. */
  memory(): number;
  sockets(): number;
  /** Lines of the log at level error or fatal. */
  errors(): string[];
}

/** The variables of every scenario. `ENV=test` is production without the requirement of TLS and rate limits. */
const common = { ENV: 'test', HOST: '127.0.0.1', LOG_LEVEL: 'info' };

/** Runs a command of the built service to its end. @returns the path of its output */
export async function runCommand(
  args: readonly string[],
  { folder, env }: { folder: string; env: Record<string, string> },
): Promise<string> {
  const logFile = join(folder, `${args.slice(0, 2).join('-')}.log`);
  await runToEnd([process.execPath, ...executable, ...args], {
    logFile,
    cwd: root,
    env: { ...common, DATA_DIR: join(folder, 'data'), ...env },
  });
  return logFile;
}

export async function migrateDatabase(databaseUrl: string, folder: string): Promise<void> {
  await runCommand(['migrate'], { folder, env: { DB_PRIMARY_DB_URL: databaseUrl } });
}

function sumOf(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const matching = lines.filter((line) => wanted.every((label) => line.includes(label)));
  return matching.reduce((sum, line) => sum + Number(/^\S*?(?:\{.*\})? (\S+)/.exec(line)?.[1] ?? 0), 0);
}

/** Starts the built service, as the image does, and waits until it is ready. */
export async function startService(options: {
  folder: string;
  name: string;
  env: Record<string, string>;
  port?: number;
  /** Changes the command, for example to start it in a cgroup. */
  wrap?: Wrap | undefined;
}): Promise<Service> {
  const { folder, name, env, wrap } = options;
  const port = options.port ?? (await freePort());
  const metricsPort = await freePort();
  const command = [process.execPath, ...executable] as const;
  const managed = startProcess(wrap ? wrap(command) : command, {
    logFile: join(folder, `${name}.log`),
    cwd: root,
    env: {
      ...common,
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      DATA_DIR: join(folder, name),
      ...env,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const managementUrl = `http://127.0.0.1:${metricsPort}`;
  const isReady = async (): Promise<boolean> => {
    if (!managed.isRunning()) throw new Error(`${name} ended at start:\n${tail(managed.logFile)}`);
    return (await ask(url, 'GET /api/v1/health/ready')).status === 200;
  };
  await waitFor(`${name} to be ready`, isReady, startTimeout);
  return {
    url,
    managementUrl,
    process: managed,
    async metric(series, labels = {}) {
      const { text } = await ask(managementUrl, 'GET /metrics');
      return sumOf(text, series, labels);
    },
    memory() {
      const status = readFileSync(`/proc/${managed.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
    },
    sockets: () => readdirSync(`/proc/${managed.pid}/fd`).length,
    errors: () =>
      readFileSync(managed.logFile, 'utf8')
        .split('\n')
        .filter((line) => /"level":"(error|fatal)"/.test(line) || /^\S*Error:/.test(line)),
  };
}
