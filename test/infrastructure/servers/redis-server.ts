import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import type { Cleanup } from '../../../tools/torture/harness/cleanup.ts';
import {
  freePort,
  type ManagedProcess,
  startProcess,
  waitFor,
} from '../../../tools/torture/harness/process.ts';

/** A process of redis-server on the loopback interface, and a client of the test as its administrator. */
export interface RedisProcess {
  readonly port: number;
  readonly client: Redis;
  kill(): Promise<void>;
  /** Starts the server again on the same port, with the files that it has written. */
  start(): Promise<void>;
  /** Stops the process without closing its connections, as a machine that hangs does. */
  freeze(): void;
  thaw(): void;
}

interface ServerOptions {
  /** Arguments after those for the address and against persistence. */
  readonly args?: readonly string[];
  /** How the client of the test connects. */
  readonly client?: RedisOptions;
  readonly cleanup: Cleanup;
}

/** A folder that is deleted after the servers in it have ended. */
export function serverFolder(cleanup: Cleanup): string {
  const folder = mkdtempSync(join(tmpdir(), 'auth-redis-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const answers = (client: Redis): Promise<boolean> =>
  client.ping().then(
    () => true,
    () => false,
  );

/** A port for the server, and one above 0 for the bus of a cluster: by default that is the port plus 10000. */
export async function startRedisProcess({
  args = [],
  client: options,
  cleanup,
}: ServerOptions): Promise<RedisProcess> {
  const folder = serverFolder(cleanup);
  const port = await freePort();
  const isTls = args.includes('--tls-cert-file');
  const command: [string, ...string[]] = [
    ...(['redis-server', '--bind', '127.0.0.1', isTls ? '--tls-port' : '--port', String(port)] as const),
    ...(isTls ? ['--port', '0'] : []),
    ...['--save', '', '--appendonly', 'no', '--dir', folder, ...args],
  ];
  const client = new Redis(port, '127.0.0.1', {
    retryStrategy: () => 50,
    commandTimeout: 1_000,
    // A test may start a server without INFO.
    enableReadyCheck: false,
    ...options,
  });
  client.on('error', () => undefined);
  let server: ManagedProcess | undefined;
  const start = async (): Promise<void> => {
    server = startProcess(command, { logFile: join(folder, 'redis.log') });
    await waitFor('Redis', () => answers(client));
  };
  cleanup.add(async () => {
    client.disconnect();
    server?.signal('SIGCONT');
    await server?.stop('SIGKILL');
  });
  await start();
  return {
    port,
    client,
    start,
    kill: async () => void (await server?.stop('SIGKILL')),
    freeze: () => server?.signal('SIGSTOP'),
    thaw: () => server?.signal('SIGCONT'),
  };
}
