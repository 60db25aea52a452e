import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import { onEachStore, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

onEachStore('the Redis client', (stores) => {
  const memory = () => stores().redis;

  it('returns values in the order of the keys, and null for missing keys', async () => {
    const [one, two, none] = [randomUUID(), randomUUID(), randomUUID()];
    await memory().set(one, '1', 60_000);
    await memory().set(two, '2', 60_000);
    expect(await memory().get([two, none, one])).to.deep.equal(['2', null, '1']);
  });

  it('does not return an expired value', async () => {
    const key = randomUUID();
    await memory().set(key, 'x', 20);
    const isForgotten = async () => (await memory().get([key]))[0] === null;
    await until(isForgotten);
    await memory().setMax(key, 5, 20);
    await until(isForgotten);
  });

  it('setMax increases a value and never decreases it', async () => {
    const key = randomUUID();
    for (const value of [5, 3, 1_700_000_000_000, 9]) await memory().setMax(key, value, 60_000);
    expect(await memory().get([key])).to.deep.equal(['1700000000000']);
  });

  it('delivers a message to all listeners of its channel and to no others', async () => {
    const [channel, other] = [randomUUID(), randomUUID()];
    const heard: string[] = [];
    const arrived = new Promise<void>((resolve) => {
      void memory().subscribe(other, (message) => heard.push(`other ${message}`));
      void memory().subscribe(channel, (message) => heard.push(`first ${message}`));
      void memory()
        .subscribe(channel, (message) => {
          heard.push(`second ${message}`);
          resolve();
        })
        .then(() => memory().publish(channel, 'hello'));
    });
    await arrived;
    expect(heard).to.deep.equal(['first hello', 'second hello']);
  });

  it('answers a ping', async () => {
    expect(await memory().ping()).to.equal(true);
  });
});

describe('the Redis client without a server', () => {
  const away = () => createRedisClient({ url: () => 'redis://127.0.0.1:1', log: silentLog });

  it('starts anyway, fails its ping, and rejects commands at once', async () => {
    const memory = await away();
    try {
      expect(await memory.ping()).to.equal(false);
      for (const refused of [
        memory.get(['k']),
        memory.set('k', 'v', 1),
        memory.setMax('k', 1, 1),
        memory.publish('c', 'm'),
      ]) {
        expect(
          await refused.then(
            () => 'answered',
            () => 'rejected',
          ),
        ).to.equal('rejected');
      }
    } finally {
      await memory.close();
    }
  });

  it('does not wait for a server that accepts connections and never answers', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const memory = await createRedisClient({ url: () => `redis://127.0.0.1:${port}`, log: silentLog });
    expect(await memory.ping()).to.equal(false);
    await memory.close();
    await new Promise((resolve) => server.close(resolve));
  });
});
