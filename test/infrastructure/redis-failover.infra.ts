import { expect } from 'chai';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { onRealStore } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { isAccepted, logInNewUser } from '../support/users.ts';
import { type ObservedRedis, observeRedis, write } from './observed-redis.ts';
import { type RedisSentinels, startRedisSentinels } from './servers/redis-sentinel.ts';

/** Milliseconds. Shorter than the second after which a replica reads the revocation from Postgres anyway. */
const messageTime = 500;

onRealStore('Redis behind sentinels', (stores) => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());
  const print = (figure: string): void => void process.stdout.write(`      ${figure}\n`);

  const works = async ({ redis, isDegraded }: ObservedRedis): Promise<boolean> =>
    (await write(redis, 'key')) === 'done' && !(await isDegraded());

  async function openApp(url: string): Promise<{ observed: ObservedRedis; app: TestApp }> {
    const observed = await observeRedis(cleanup, url);
    await until(() => works(observed));
    const app = await startApp({ ...stores(), redis: observed.redis });
    cleanup.add(() => app.close());
    return { observed, app };
  }

  /** Logs out on one replica, and measures how long another one accepts the token that it has just checked. */
  async function revocationTime(here: TestApp, there: TestApp): Promise<number> {
    const { access } = await logInNewUser(here);
    await isAccepted(there, access);
    const start = performance.now();
    await here.ask('POST /api/v1/auth/logout', { token: access });
    await until(async () => !(await isAccepted(there, access)));
    return performance.now() - start;
  }

  /** The best of some attempts: a revocation by message takes milliseconds, and one by Postgres up to a second. */
  async function checkRevocation(here: TestApp, there: TestApp, when: string): Promise<void> {
    const times: number[] = [];
    for (let n = 0; n < 5; n += 1) times.push(await revocationTime(here, there));
    print(`${when}: revocations take ${times.map(Math.round).join(', ')} ms`);
    expect(Math.min(...times)).to.be.lessThan(messageTime);
  }

  for (const [how, failOver] of [
    ['the master was killed', ({ master }: RedisSentinels) => master.kill()],
    ['the sentinels moved the role', (sentinels: RedisSentinels) => sentinels.failOver()],
  ] as const) {
    it(`recovers under load after ${how}, and revocations arrive by the new master`, async function () {
      this.timeout(90_000);
      const sentinels = await startRedisSentinels(cleanup);
      const [one, other] = [await openApp(sentinels.url), await openApp(sentinels.url)];
      await checkRevocation(one.app, other.app, 'before');
      let isOver = false;
      let slowest = 0;
      const statuses = new Set<number>();
      const load = (async () => {
        let { refresh } = await logInNewUser(one.app);
        while (!isOver) {
          const start = performance.now();
          const { status, body } = await one.app.ask('POST /api/v1/auth/refresh', {
            body: { refresh_token: refresh },
          });
          slowest = Math.max(slowest, performance.now() - start);
          statuses.add(status);
          refresh = body.data.refresh_token;
        }
      })();
      const startedAt = performance.now();
      await failOver(sentinels);
      await until(async () => (await sentinels.masterPort()) === sentinels.replica.port, 30_000);
      print(`the sentinels name the new master after ${Math.round(performance.now() - startedAt)} ms`);
      const onNew = async (): Promise<boolean> =>
        (await sentinels.replica.client.exists('auth:key')) === 1 &&
        (await works(one.observed)) &&
        works(other.observed);
      await until(onNew, 30_000);
      print(`both replicas use it ${Math.round(performance.now() - startedAt)} ms after the failure`);
      isOver = true;
      await load;
      print(`slowest refresh meanwhile: ${Math.round(slowest)} ms`);
      expect([...statuses]).to.deep.equal([200]);
      await checkRevocation(one.app, other.app, 'after');
    });
  }

  it('is found with a password of its own for the sentinels', async () => {
    const sentinels = await startRedisSentinels(cleanup, {
      password: 'of-redis',
      sentinelPassword: 'of-sentinels',
    });
    const observed = await observeRedis(cleanup, sentinels.url, { sentinelPassword: () => 'of-sentinels' });
    await until(() => works(observed));
    const wrong = await observeRedis(cleanup, sentinels.url, { sentinelPassword: () => 'wrong' });
    await until(() => wrong.logged('redis_lost').some(({ reason }) => reason === 'unauthenticated'));
    expect(await wrong.isDegraded()).to.equal(true);
    const { url } = sentinels;
    const misnamed = await observeRedis(cleanup, url.replace('mymaster', 'other'), {
      sentinelPassword: () => 'of-sentinels',
    });
    await until(() => misnamed.logged('redis_lost').some(({ reason }) => reason === 'unknown_master'));
  });

  it('is named as the mistake if the URL of a sentinel is redis://', async () => {
    const { url } = await startRedisSentinels(cleanup);
    const [, address] = /redis\+sentinel:\/\/([^,]+)/.exec(url) ?? [];
    const observed = await observeRedis(cleanup, `redis://${address}`);
    await until(() =>
      observed.logged('redis_lost').some(({ msg }) => /redis\+sentinel:\/\//.test(String(msg))),
    );
    expect(await observed.isDegraded()).to.equal(true);
  });
});
