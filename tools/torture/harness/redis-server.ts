import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Cleanup } from './cleanup.ts';
import { freePort, type ManagedProcess, startProcess, startTimeout, waitFor } from './process.ts';

/** Ways to make a store unavailable. `start` and `thaw` resolve when the store answers again. */
export interface Outage {
  kill(): Promise<void>;
  start(): Promise<void>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

export interface RedisServer extends Outage {
  readonly url: string;
  readonly client: Redis;
}

/** Starts a Redis without persistence: a kill loses all data, which is the worst case. */
export async function startRedis(folder: string, cleanup: Cleanup): Promise<RedisServer> {
  const port = await freePort();
  const command: [string, ...string[]] = [
    ...(['redis-server', '--bind', '127.0.0.1', '--port', String(port)] as [string, ...string[]]),
    ...['--save', '', '--appendonly', 'no', '--dir', folder],
  ];
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, commandTimeout: 1_000 });
  client.on('error', () => undefined);
  let server: ManagedProcess;
  const answers = (): Promise<boolean> =>
    client.ping().then(
      () => true,
      () => false,
    );
  const start = async (): Promise<void> => {
    server = startProcess(command, { logFile: join(folder, 'redis.log') });
    await waitFor('Redis', answers, startTimeout);
  };
  await start();
  cleanup.add(async () => {
    client.disconnect();
    server.signal('SIGCONT');
    await server.stop('SIGKILL');
  });
  return {
    url: `redis://127.0.0.1:${port}/0`,
    client,
    start,
    kill: async () => void (await server.stop('SIGKILL')),
    freeze: async () => server.signal('SIGSTOP'),
    thaw: async () => {
      server.signal('SIGCONT');
      await waitFor('Redis', answers, startTimeout);
    },
  };
}
