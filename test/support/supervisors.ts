import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { compiledApp } from './compiled-app.ts';
import { managementPort, post } from './executable.ts';
import { type Running, startNode } from './process.ts';
import { openRedisKeys } from './redis-keys.ts';
import type { TestStores } from './stores.ts';
import { until } from './until.ts';
import { newUserFields } from './users.ts';

/** Milliseconds. A process starts in a second, or in several on a busy machine. */
export const startTimeout = 60_000;

/** Supervisors with real services, which end with the test. Linux lists the processes that a process has started. */
export function useSupervisors(stores: () => TestStores) {
  const redisPrefix = `auth-test-supervisor-${randomBytes(4).toString('hex')}:`;
  const running: Running[] = [];
  let dataDir: string;

  before(function () {
    if (process.platform !== 'linux') this.skip();
    dataDir = mkdtempSync(join(tmpdir(), 'auth-supervisor-'));
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

  function variables(more: Record<string, string> = {}): Record<string, string> {
    const redis = stores().redisUrl?.();
    return {
      ...{ ENV: 'test', PORT: '0', METRICS_PORT: '0', RATE_LIMIT: 'off', DATA_DIR: dataDir },
      DB_PRIMARY_DB_URL: `${stores().url()}?sslmode=disable`,
      ...(redis && { REDIS_URL: redis, REDIS_KEY_PREFIX: redisPrefix }),
      ...more,
    };
  }

  /** Starts the supervisor as the image does. */
  function supervise(more: Record<string, string> = {}): Running {
    const entry = join(compiledApp(), 'dist/commands/supervisor/entry.js');
    const supervisor = startNode([entry], variables(more));
    running.push(supervisor);
    return supervisor;
  }

  /** The processes that the supervisor has started. */
  const children = ({ child: { pid } }: Running): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

  function signalService(supervisor: Running, signal: NodeJS.Signals): void {
    const [pid, ...others] = children(supervisor);
    expect(others).to.deep.equal([]);
    process.kill(pid ?? 0, signal);
  }

  const events = ({ output }: Running, event: string) =>
    output()
      .split('\n')
      .filter((line) => line.includes(`"event":"${event}"`))
      .map((line) => JSON.parse(line));

  /** Waits until the service has accepted connections for the given time. */
  const served = (supervisor: Running, times: number): Promise<void> =>
    until(() => {
      if (supervisor.child.exitCode !== null) throw new Error(`it ended:\n${supervisor.output()}`);
      return events(supervisor, 'listening').length === times;
    }, startTimeout);

  async function logIn(url: string): Promise<string> {
    const { email, password, username } = newUserFields();
    await post(`${url}/api/v1/auth/register`, { email, password, username });
    return (await post(`${url}/api/v1/auth/login`, { email, password })).access_token;
  }

  const isRefused = (url: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => resolve(false));
      socket.once('error', () => resolve(true)).once('connect', () => socket.destroy());
    });

  async function metric(supervisor: Running, name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${await managementPort(supervisor)}/metrics`)).text();
    return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
  }

  return {
    running,
    variables,
    supervise,
    children,
    signalService,
    events,
    served,
    logIn,
    isRefused,
    metric,
  };
}
