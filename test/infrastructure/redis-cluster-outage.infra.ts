import { expect } from 'chai';
import type { Cluster } from 'ioredis';
import { createRateLimiter } from '../../app/store/rate-limit/rate-limiter.ts';
import { createRedisSlots } from '../../app/store/rate-limit/redis-slots.ts';
import { accessRule } from '../../app/store/redis/required-commands.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { onRealStore } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { logInNewUser, newUserFields } from '../support/users.ts';
import { manyKeys, type ObservedRedis, observeRedis, write } from './observed-redis.ts';
import { type RedisCluster, startRedisCluster } from './servers/redis-cluster.ts';

const octet = (): number => Math.floor(Math.random() * 256);

/** Milliseconds of each request of a client that does what users do, one request after the other. */
async function requestTimes(app: TestApp, isOver: (count: number) => boolean): Promise<number[]> {
  const times: number[] = [];
  const measure = async <T>(work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    times.push(performance.now() - start);
    return result;
  };
  // Networks of their own, so that the limits are counted and refuse nothing, in all shards.
  const from = () => ({ headers: { 'X-Forwarded-For': `10.${octet()}.${octet()}.1` } });
  let { refresh } = await logInNewUser(app);
  while (!isOver(times.length)) {
    const { body } = await measure(() =>
      app.ask('POST /api/v1/auth/refresh', { ...from(), body: { refresh_token: refresh } }),
    );
    ({ refresh_token: refresh } = body.data);
    await measure(() => app.ask('GET /api/v1/auth/verify', { token: body.data.access_token }));
    const { email } = newUserFields();
    await measure(() =>
      app.ask('POST /api/v1/auth/login', { ...from(), body: { email, password: 'wrong' } }),
    );
  }
  return times;
}

const round = (ms: number): number => Math.round(ms);
const worst = (times: readonly number[]): number => round(Math.max(...times));

onRealStore('Redis Cluster', (stores) => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());
  const print = (figure: string): void => void process.stdout.write(`      ${figure}\n`);

  const works = async ({ redis, isDegraded }: ObservedRedis): Promise<boolean> => {
    const outcomes = await Promise.all(manyKeys.map((key) => write(redis, key)));
    return outcomes.every((one) => one === 'done') && !(await isDegraded());
  };

  async function openAll(url: (cluster: RedisCluster) => string, replicas = 0) {
    const cluster = await startRedisCluster(cleanup, { replicas });
    const observed = await observeRedis(cleanup, url(cluster));
    await until(() => works(observed));
    return { cluster, observed };
  }

  it('is degraded within a second after a master without a replica was killed, delays no request, and recovers', async function () {
    this.timeout(60_000);
    const { cluster, observed } = await openAll(({ url }) => url);
    const app = await startApp(
      { ...stores(), redis: observed.redis },
      { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' },
    );
    cleanup.add(() => app.close());
    await requestTimes(app, (count) => count >= 60);
    const before = await requestTimes(app, (count) => count >= 300);
    const [master] = cluster.masters;
    const killedAt = performance.now();
    await master?.kill();
    let degradedAfter = Number.NaN;
    const noticed = until(async () => {
      if (await observed.isDegraded()) degradedAfter = performance.now() - killedAt;
      return !Number.isNaN(degradedAfter);
    });
    // Longer than the time after which the nodes themselves notice, and refuse all keys.
    const during = await requestTimes(app, () => performance.now() - killedAt > 5_000);
    await noticed;
    const ready = await app.ask('GET /api/v1/health/ready');
    const startedAt = performance.now();
    await master?.start();
    const answeredAt = performance.now();
    await until(() => works(observed));
    const after = await requestTimes(app, (count) => count >= 60);
    print(`degraded ${round(degradedAfter)} ms after the kill`);
    print(
      `slowest request: ${worst(before)} ms before, ${worst(during)} ms of ${during.length} during, ${worst(after)} ms after`,
    );
    print(
      `all shards used ${round(performance.now() - answeredAt)} ms after the master answered (${round(answeredAt - startedAt)} ms after its start)`,
    );
    expect(degradedAfter).to.be.lessThan(1_000);
    expect(worst(during)).to.be.lessThan(worst(before) + 100);
    expect([ready.status, ready.body.checks.redis]).to.deep.equal([200, 'degraded']);
    expect(observed.logged('redis_lost').map(({ problem }) => problem)).to.include(
      `shard 127.0.0.1:${master?.port}`,
    );
  });

  it('is degraded after a master hangs, also without traffic, and waits only once for it', async function () {
    this.timeout(60_000);
    const { cluster, observed } = await openAll(({ url }) => url);
    const [master] = cluster.masters;
    master?.freeze();
    await observed.redis.ping();
    await until(observed.isDegraded);
    const start = performance.now();
    const outcomes = await Promise.all(manyKeys.map((key) => write(observed.redis, key)));
    print(`${manyKeys.length} commands end within ${round(performance.now() - start)} ms`);
    expect(outcomes).to.include('the shard of Redis does not answer').and.to.include('done');
    master?.thaw();
    await until(() => works(observed));
  });

  it('uses the replica after a master was killed', async function () {
    this.timeout(60_000);
    const { cluster, observed } = await openAll(({ url }) => url, 1);
    await cluster.masters[0]?.kill();
    const killedAt = performance.now();
    await until(observed.isDegraded);
    await until(() => works(observed), 20_000);
    print(`all shards used ${round(performance.now() - killedAt)} ms after the kill (node timeout 2 s)`);
    expect(observed.logged('redis_back')).to.not.be.empty;
  });

  const limitOf = async ({ redis }: ObservedRedis): Promise<number[]> => {
    const limiter = createRateLimiter(redis, { name: 'one-url', points: 8, window: 60_000 });
    return Promise.all(manyKeys.map(async (key) => (await limiter.consume(key)).limit));
  };

  it('is used as a cluster if REDIS_URL names one of its nodes only, with the whole budgets', async () => {
    const { observed } = await openAll(({ url }) => url.split(',')[0] ?? '');
    expect(new Set(await limitOf(observed))).to.deep.equal(new Set([8]));
    const [seen, heard] = [[] as string[], 'hello'];
    await observed.redis.subscribe('channel', (message) => seen.push(message));
    await until(async () => {
      await observed.redis.publish('channel', heard);
      return seen.includes(heard);
    });
    expect(await observed.redis.get(manyKeys)).to.deep.equal(manyKeys.map(() => 'value'));
  });

  it('counts attempt slots of an account in one step, whatever the key prefix is', async () => {
    const cluster = await startRedisCluster(cleanup);
    const { redis, isDegraded } = await observeRedis(cleanup, cluster.url, { keyPrefix: 'team-2.auth:' });
    await until(async () => !(await isDegraded()));
    const rules = {
      interval: 60_000,
      draws: 1,
      rest: 1,
      waiting: 1,
      period: 60_000,
      perNetwork: 1,
      perBlock: 1,
    };
    const slots = createRedisSlots(redis.connection as Cluster, rules, () => 0);
    for (const letter of ['A', 'B', 'C', 'D']) {
      const claim = await slots.claim({ account: letter.repeat(43), network: 'network', block: 'block' });
      expect(claim.opensIn).to.equal(0);
    }
  });

  it('serves a user with exactly the rights that are documented', async () => {
    const cluster = await startRedisCluster(cleanup);
    const rule = ['SETUSER', 'service', 'on', '>secret', ...accessRule('auth:').split(' ')];
    for (const { client } of cluster.masters) await client.call('ACL', ...rule);
    const observed = await observeRedis(cleanup, cluster.url.replaceAll('//', '//service:secret@'));
    await until(() => works(observed));
    expect(new Set(await limitOf(observed))).to.deep.equal(new Set([8]));
    expect(observed.logged('redis_lost')).to.deep.equal([]);
    for (const { client } of cluster.masters) expect(await client.call('ACL', 'LOG')).to.deep.equal([]);
  });

  it('is found out later if the node does not answer at the start', async function () {
    this.timeout(60_000);
    const cluster = await startRedisCluster(cleanup);
    const [node] = cluster.masters;
    await node?.kill();
    const observed = await observeRedis(cleanup, `redis://127.0.0.1:${node?.port}`);
    expect(await observed.isDegraded()).to.equal(true);
    expect(new Set(await limitOf(observed))).to.deep.equal(new Set([2]));
    await node?.start();
    await until(() => works(observed));
    expect(new Set(await limitOf(observed))).to.deep.equal(new Set([8]));
  });

  it('delivers messages also after the node of the subscription was killed', async function () {
    this.timeout(60_000);
    const { cluster, observed } = await openAll(({ url }) => url);
    const seen: string[] = [];
    await observed.redis.subscribe('channel', (message) => seen.push(message));
    await cluster.masters[0]?.kill();
    await until(async () => {
      await observed.redis.publish('channel', 'after').catch(() => undefined);
      return seen.includes('after');
    });
  });
});
