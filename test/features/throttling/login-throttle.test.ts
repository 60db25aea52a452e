import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import {
  type CountedAttempt,
  createLoginThrottle,
  type LoginAttempt,
} from '../../../app/features/throttling/login-throttle.ts';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import type { RedisClient } from '../../../app/store/redis/redis-client.ts';
import { onEachStore, silentLog } from '../../support/stores.ts';

function throttleOn(redis: RedisClient) {
  let lockouts = 0;
  const throttle = createLoginThrottle({
    redis,
    secret: randomBytes(32),
    enabled: true,
    scale: 1,
    onRefuse: () => undefined,
    onLockout: () => {
      lockouts += 1;
    },
  });
  return { throttle, lockouts: () => lockouts };
}

/** Null when it was refused. */
const orNull = (admission: Promise<CountedAttempt>) =>
  admission.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'rate_limited') return null;
    throw error;
  });

const from = (email: string, more: Partial<LoginAttempt> = {}): LoginAttempt => ({
  email,
  network: randomUUID(),
  device: null,
  ...more,
});

onEachStore('Attempts that were given back', (stores) => {
  const attempts: [string, () => LoginAttempt][] = [
    ['the account', () => from('a@example.com')],
    ['the network and account', () => from('b@example.com', { network: 'the same' })],
  ];
  for (const [title, attempt] of attempts) {
    it(`cost nothing: ${title}`, async () => {
      const { throttle, lockouts } = throttleOn(stores().redis);
      for (let n = 0; n < 40; n += 1) await (await throttle.countLogin(attempt())).refund();
      for (let n = 0; n < 10; n += 1) expect(await orNull(throttle.countLogin(attempt()))).not.to.equal(null);
      expect(lockouts()).to.equal(0);
    });
  }

  it('cost nothing: a known device, whose account strangers have used up', async () => {
    const { throttle } = throttleOn(stores().redis);
    const strangers = () => orNull(throttle.countLogin(from('c@example.com')));
    for (let n = 0; n < 12; n += 1) await strangers();
    const owner = () => throttle.countLogin(from('c@example.com', { device: 'known' }));
    for (let n = 0; n < 40; n += 1) await (await owner()).refund();
    for (let n = 0; n < 10; n += 1) expect(await orNull(owner())).not.to.equal(null);
    expect(await orNull(owner())).to.equal(null);
  });

  it('cost nothing: a turn past the free attempts, of which there is one still', async () => {
    const { throttle, lockouts } = throttleOn(stores().redis);
    const attempt = () => orNull(throttle.countLogin(from('d@example.com')));
    for (let n = 0; n < 10; n += 1) await attempt();
    for (let n = 0; n < 3; n += 1) await (await attempt())?.refund();
    expect(await attempt()).not.to.equal(null);
    expect(await attempt()).to.equal(null);
    expect(lockouts()).to.equal(1);
  });

  it('grant no more than was taken, however many there are at once', async () => {
    const { throttle } = throttleOn(stores().redis);
    const flood = () =>
      Promise.all(Array.from({ length: 40 }, () => orNull(throttle.countLogin(from('e@example.com')))));
    const admitted = (await flood()).filter((each) => each !== null);
    expect(admitted).to.have.length(11);
    const [guess, ...overloaded] = admitted;
    await throttle.unlock('e@example.com');
    // They come back after the budget was renewed, which holds none of them.
    await Promise.all(overloaded.map((each) => each.refund()));
    await guess?.refund();
    expect((await flood()).filter((each) => each !== null)).to.have.length(11);
  });

  it('cost nothing: a confirmation', async () => {
    const { throttle } = throttleOn(stores().redis);
    const session = randomUUID();
    for (let n = 0; n < 40; n += 1) await (await throttle.countConfirmation(session)).refund();
    for (let n = 0; n < 10; n += 1) await (await throttle.countConfirmation(session)).succeed();
    expect(await orNull(throttle.countConfirmation(session))).to.equal(null);
  });
});

describe('The lockout of an account', () => {
  async function firstRefusal(redis: RedisClient) {
    const { throttle, lockouts } = throttleOn(redis);
    const seen: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      await orNull(throttle.countLogin(from('owner@example.com')));
      seen.push(lockouts());
    }
    return { attempt: seen.indexOf(1) + 1, lockouts: lockouts() };
  }

  it('is told of at the first attempt past the free ones, once', async () => {
    expect(await firstRefusal(createInMemoryRedis())).to.deep.equal({ attempt: 11, lockouts: 1 });
  });

  it('is told of at the first attempt past the fewer free ones while Redis is away, once', async () => {
    const redis = await createRedisClient({ url: () => 'redis://127.0.0.1:1', log: silentLog });
    try {
      expect(await firstRefusal(redis)).to.deep.equal({ attempt: 4, lockouts: 1 });
    } finally {
      await redis.close();
    }
  });
});
