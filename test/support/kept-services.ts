import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiledApp } from './compiled-app.ts';
import { post } from './executable.ts';
import { type Running, start, startNode } from './process.ts';
import { openRedisKeys } from './redis-keys.ts';
import type { TestStores } from './stores.ts';
import { newUserFields } from './users.ts';

/** Milliseconds. A process starts in a second, or in several on a busy machine. */
export const startTimeout = 60_000;

/** Milliseconds between the end of a container and its next start, about as long as the kubelet needs. */
const restartDelay = 1_000;

/** A port on which nobody listens. The system does not assign it again at once. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** The lines of an event that a process has written. */
export const events = ({ output }: Running, event: string) =>
  output()
    .split('\n')
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line));

/** Services and port keepers in processes of their own, which end with the test. */
export function useKeptServices(stores: () => TestStores) {
  const redisPrefix = `auth-test-keeper-${randomBytes(4).toString('hex')}:`;
  const running: Running[] = [];
  let dataDir: string;

  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'auth-keeper-'));
  });
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.splice(0).map(({ ended }) => ended));
  });
  after(async () => {
    rmSync(dataDir, { recursive: true, force: true });
    const redis = stores().redisUrl?.();
    if (!redis) return;
    const keys = await openRedisKeys(redis);
    await keys.remove(`${redisPrefix}*`);
    await keys.close();
  });

  function track(process: Running): Running {
    running.push(process);
    return process;
  }

  /** Starts a port keeper as the image does. */
  const startKeeper = (keeperPort: number): Running =>
    track(
      startNode([join(compiledApp(), 'dist/commands/port-keeper/entry.js')], {
        KEEPER_PORT: `${keeperPort}`,
      }),
    );

  function startService(ports: Record<string, string>, more: Record<string, string> = {}): Running {
    const redis = stores().redisUrl?.();
    return track(
      start([], {
        ...{ ENV: 'test', METRICS_PORT: '0', RATE_LIMIT: 'off', DATA_DIR: dataDir },
        DB_PRIMARY_DB_URL: `${stores().url()}?sslmode=disable`,
        ...(redis && { REDIS_URL: redis, REDIS_KEY_PREFIX: redisPrefix }),
        ...ports,
        ...more,
      }),
    );
  }

  /** A service with its port keeper. `next` waits for the end of the service and starts it again, as the kubelet does. */
  async function startPod(more: Record<string, string> = {}) {
    const [port, keeperPort] = [await freePort(), await freePort()];
    const ports = { PORT: `${port}`, KEEPER_PORT: `${keeperPort}` };
    const keeper = startKeeper(keeperPort);
    let service = startService(ports, more);
    await service.printed(/"event":"listening"/);
    return {
      url: `http://127.0.0.1:${port}`,
      port,
      keeper,
      startKeeper: () => startKeeper(keeperPort),
      service: () => service,
      async next(): Promise<Running> {
        await service.ended;
        await sleep(restartDelay);
        service = startService(ports, more);
        await service.printed(/"event":"listening"/);
        return service;
      },
    };
  }

  async function logIn(url: string): Promise<string> {
    const { email, password, username } = newUserFields();
    await post(`${url}/api/v1/auth/register`, { email, password, username });
    return (await post(`${url}/api/v1/auth/login`, { email, password })).access_token;
  }

  return { startPod, logIn };
}
