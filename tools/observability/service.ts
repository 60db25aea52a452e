import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from '../torture/harness/cleanup.ts';
import { ask } from '../torture/harness/client.ts';
import { freePort, runToEnd, startProcess, tail, waitFor } from '../torture/harness/process.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const source = ['--import=tsx', 'app/main.ts'];

export interface ObservedService {
  readonly url: string;
  readonly metricsUrl: string;
  readonly metricsPort: number;
  readonly pid: number;
  readonly logFile: string;
}

/**
 * Starts the service. It trusts X-Forwarded-For of this machine and has a short hash queue, so that a few
 * parallel logins overload it. Without stores in `env` it uses the embedded ones.
 * @param options.program arguments of Node.js that run the service. @default from source
 */
export async function startObserved(options: {
  folder: string;
  cleanup: Cleanup;
  env?: Record<string, string>;
  program?: readonly string[];
}): Promise<ObservedService> {
  const { cleanup, folder, program = source } = options;
  const executable = [process.execPath, ...program] as const;
  const [port, metricsPort] = [await freePort(), await freePort()];
  const env: Record<string, string> = {
    HOST: '127.0.0.1',
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'info',
    TRUSTED_PROXIES: '127.0.0.1/32',
    HASH_CONCURRENCY: '1',
    HASH_QUEUE_MAX: '4',
    ...options.env,
  };
  if (env.DB_PRIMARY_DB_URL) {
    await runToEnd([...executable, 'migrate'], { logFile: join(folder, 'migrate.log'), cwd: root, env });
  }
  const logFile = join(folder, 'service.log');
  const owned = startProcess(executable, { logFile, cwd: root, env });
  cleanup.add(async () => void (await owned.stop()));
  const url = `http://127.0.0.1:${port}`;
  await waitFor(
    'the service',
    async () => {
      if (!owned.isRunning()) throw new Error(`the service exited during its start:\n${tail(logFile)}`);
      return (await ask(url, 'GET /api/v1/health/ready')).status === 200;
    },
    60_000,
  );
  return { url, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`, metricsPort, pid: owned.pid, logFile };
}
