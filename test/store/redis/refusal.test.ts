import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { createStoreObserver } from '../../../app/observe/store-observer.ts';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import { createReconnectOnDemotion } from '../../../app/store/redis/ioredis-connection.ts';
import type { RedisClient } from '../../../app/store/redis/redis-client.ts';
import { createCleanup } from '../../../tools/torture/harness/cleanup.ts';
import { startRedis } from '../../../tools/torture/harness/redis-server.ts';
import { needs, toolPath } from '../../support/debian-tool.ts';
import { series } from '../../support/exposition.ts';
import { silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

/** A host name that a failover moves to another server. Existing connections stay with the old server. */
async function startName(first: string) {
  let target = first;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: Number(new URL(target).port) });
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `redis://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    pointTo: (url: string) => {
      target = url;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

(toolPath('redis-server') ? describe : describe.skip)(
  needs('redis-server', 'a Redis that refuses to write'),
  () => {
    const cleanup = createCleanup();
    afterEach(() => cleanup.run());

    const separateServer = async () => {
      const folder = mkdtempSync(join(tmpdir(), 'auth-redis-'));
      cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
      return startRedis(folder, cleanup);
    };

    async function open(url: string) {
      const metrics = createMetrics('test');
      const observer = createStoreObserver(metrics);
      const memory = await createRedisClient({
        url: () => url,
        log: silentLog,
        observer,
        commandTimeout: 10_000,
      });
      cleanup.add(() => memory.close());
      const degraded = async () => (await series(metrics)).get('auth_degraded{dependency="redis"}');
      return { memory, degraded };
    }

    const trySet = (memory: RedisClient): Promise<string> =>
      memory.set('key', 'value', 60_000).then(
        () => 'done',
        (error: Error) => error.message,
      );

    for (const [how, write] of [
      ['a command', trySet],
      ['a script', (memory: RedisClient) => memory.setMax('version', 1, 60_000).then(() => 'done', String)],
    ] as const) {
      it(`because its memory is full is degraded, although it answers pings: ${how}`, async () => {
        const server = await separateServer();
        const { memory, degraded } = await open(server.url);
        // On a busy machine an answer may take longer than the deadline of a command, so each step is repeated.
        const isWritable = async () => (await write(memory)) === 'done' && (await degraded()) === 0;
        await until(isWritable);
        await server.client.config('SET', 'maxmemory', '1');
        await until(async () => /OOM/.test(await write(memory)));
        await until(() => memory.ping());
        expect(await degraded()).to.equal(1);
        await server.client.config('SET', 'maxmemory', '0');
        await until(isWritable);
      });
    }

    it('because it became a replica is replaced by the new primary', async () => {
      const [old, next] = [await separateServer(), await separateServer()];
      const name = await startName(old.url);
      cleanup.add(name.close);
      const { memory, degraded } = await open(name.url);
      await until(async () => (await trySet(memory)) === 'done');
      await old.client.replicaof('127.0.0.1', '1');
      name.pointTo(next.url);
      expect(await trySet(memory)).to.match(/READONLY/);
      expect(await degraded()).to.equal(1);
      await until(async () => (await trySet(memory)) === 'done');
      expect(await next.client.get('auth:key')).to.equal('value');
      expect(await degraded()).to.equal(0);
    });
  },
);

describe('closing the connection to a demoted Redis', () => {
  const demoted = new Error("READONLY You can't write against a read only replica.");

  it('happens at most once a second, however many commands fail', () => {
    let now = 5_000;
    const reconnects = createReconnectOnDemotion(() => now);
    expect([reconnects(demoted), reconnects(demoted)]).to.deep.equal([true, false]);
    now += 1_000;
    expect(reconnects(demoted)).to.equal(true);
  });

  it('happens for no other error', () => {
    const reconnects = createReconnectOnDemotion();
    expect(reconnects(new Error('OOM command not allowed'))).to.equal(false);
    expect(reconnects(new Error('NOSCRIPT No matching script'))).to.equal(false);
    expect(
      reconnects(new Error("ERR Error running script: -READONLY You can't write against a replica")),
    ).to.equal(true);
  });
});
