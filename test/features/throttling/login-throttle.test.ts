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
import { somewhere } from '../../support/somewhere.ts';
import { onOneStore, silentLog } from '../../support/stores.ts';

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

/** One of the addresses of a block, which has eight entries for an account. */
const guesserNetwork = (n: number): string => `198.51.100.${n % 256}`;

const from = (email: string, more: Partial<LoginAttempt> = {}): LoginAttempt => ({
  email,
  network: randomUUID(),
  device: null,
  where: somewhere,
  ...more,
});

onOneStore('Attempts that were given back', (stores) => {
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
    const network = guesserNetwork(0);
    for (let n = 0; n < 30; n += 1)
      await orNull(throttle.countLogin(from('c@example.com', { network: guesserNetwork(n) })));
    const owner = () => throttle.countLogin(from('c@example.com', { network, device: 'known' }));
    for (let n = 0; n < 40; n += 1) await (await owner()).refund();
    for (let n = 0; n < 10; n += 1) expect(await orNull(owner())).not.to.equal(null);
    expect(await orNull(owner())).to.equal(null);
  });

  it('cost nothing: an attempt slot and the entry of its network', async () => {
    const { throttle, lockouts } = throttleOn(stores().redis);
    const attempt = () => orNull(throttle.countLogin(from('d@example.com')));
    for (let n = 0; n < 10; n += 1) await attempt();
    const network = randomUUID();
    const refundable = () => throttle.countLogin(from('d@example.com', { network }));
    // A network has two entries.
    for (let n = 0; n < 5; n += 1) await (await refundable()).refund();
    expect(await orNull(refundable())).not.to.equal(null);
    expect(lockouts()).to.equal(1);
  });

  it('grant no more than was taken, however many there are at once', async () => {
    const { throttle } = throttleOn(stores().redis);
    const flood = () =>
      Promise.all(Array.from({ length: 40 }, () => orNull(throttle.countLogin(from('e@example.com')))));
    const admitted = (await flood()).filter((each) => each !== null);
    // Ten for everybody and two slots; a third slot may open meanwhile.
    expect(admitted).to.have.length.within(12, 13);
    const [guess, ...overloaded] = admitted;
    await throttle.unlock('e@example.com');
    // They come back after the budget was renewed, which counts none of them.
    await Promise.all(overloaded.map((each) => each.refund()));
    await guess?.refund();
    expect((await flood()).filter((each) => each !== null)).to.have.length.within(12, 13);
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

  it('is reported at the first attempt past the free ones, once', async () => {
    expect(await firstRefusal(createInMemoryRedis())).to.deep.equal({ attempt: 11, lockouts: 1 });
  });

  it('is reported at the first attempt past the fewer free ones while Redis is away, once', async () => {
    const redis = await createRedisClient({ url: () => 'redis://127.0.0.1:1', log: silentLog });
    try {
      expect(await firstRefusal(redis)).to.deep.equal({ attempt: 4, lockouts: 1 });
    } finally {
      await redis.close();
    }
  });
});

onOneStore('Retry-After', (stores) => {
  async function refusal(random: number, attempt: (n: number) => LoginAttempt) {
    const throttle = createLoginThrottle({
      ...{ redis: stores().redis, secret: randomBytes(32), enabled: true, scale: 1 },
      ...{ onRefuse: () => undefined, onLockout: () => undefined, random: () => random },
    });
    for (let n = 0; n < 30; n += 1) {
      const error = await throttle.countLogin(attempt(n)).catch((cause: unknown) => cause);
      if (error instanceof AppError) return error;
    }
    throw new Error('no attempt was refused');
  }
  const budgets: [title: string, attempt: (n: number) => LoginAttempt, seconds: number][] = [
    ['a network', () => from('a@example.com', { network: 'the same' }), 900],
    ['an account', (n) => from('a@example.com', { network: n < 12 ? randomUUID() : 'waiting' }), 240],
  ];
  for (const [title, attempt, longest] of budgets) {
    it(`is up to a quarter longer than necessary, and RateLimit-Reset as well: ${title}`, async () => {
      const { retryAfter, budget } = await refusal(0.99999, attempt);
      expect(retryAfter).to.be.within(1, longest * 1.25);
      expect(budget?.resetIn).to.equal(retryAfter);
    });
  }

  it('differs by the jitter only', async () => {
    const attempt = () => from('b@example.com', { network: 'the same' });
    const waits = await Promise.all([0, 0.5, 0.99999].map((random) => refusal(random, attempt)));
    // A quarter of an hour, of which less than ten seconds have passed.
    const expected = [900, 1012.5, 1125];
    for (const [n, { retryAfter }] of waits.entries())
      expect(retryAfter).to.be.within((expected[n] ?? 0) - 10, (expected[n] ?? 0) + 1);
  });

  it('is unpredictable unless a test decides otherwise', async () => {
    const { throttle } = throttleOn(stores().redis);
    const waits = new Set<number | undefined>();
    for (let n = 0; n < 40; n += 1) {
      const attempt = from('c@example.com', { network: 'the same' });
      const error = await throttle.countLogin(attempt).catch((cause: unknown) => cause);
      if (error instanceof AppError) waits.add(error.retryAfter);
    }
    // 30 times one of 225 seconds.
    expect(waits).to.have.property('size').that.is.greaterThan(5);
  });
});
