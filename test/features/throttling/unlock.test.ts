import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import { createLoginThrottle } from '../../../app/features/throttling/login-throttle.ts';
import { somewhere } from '../../support/somewhere.ts';
import { onOneStore } from '../../support/stores.ts';

const hour = 3_600_000;

onOneStore('An unlock by an administrator', (stores) => {
  const realNow = Date.now;
  afterEach(() => {
    Date.now = realNow;
  });

  /** A throttle, and a user who is refused from one network after ten attempts. */
  async function lockedOut() {
    const throttle = createLoginThrottle({
      redis: stores().redis,
      secret: randomBytes(32),
      enabled: true,
      scale: 1,
      onRefuse: () => undefined,
      onLockout: () => undefined,
    });
    const email = 'owner@example.com';
    const attempt = { email, network: randomUUID(), device: null, where: somewhere };
    const isAdmitted = () =>
      throttle.countLogin(attempt).then(
        () => true,
        (error: unknown) => {
          expect(error).to.be.instanceOf(AppError).and.include({ code: 'rate_limited' });
          return false;
        },
      );
    /** How many attempts in a row are admitted before the first refusal. */
    async function admitted(): Promise<number> {
      for (let count = 0; count < 30; count += 1) if (!(await isAdmitted())) return count;
      return 30;
    }
    expect(await admitted()).to.equal(10);
    return { admitted, isAdmitted, unlock: () => throttle.unlock(email) };
  }

  const clocks: [title: string, now: (time: number) => number][] = [
    ['runs as it should', (time) => time],
    ['is an hour behind', (time) => time - hour],
    ['is an hour ahead', (time) => time + hour],
  ];
  for (const [title, now] of clocks) {
    it(`gives one more budget to a network, from a replica whose clock ${title}`, async () => {
      const { admitted, isAdmitted, unlock } = await lockedOut();
      Date.now = () => now(realNow());
      await unlock();
      Date.now = realNow;
      expect(await admitted()).to.equal(10);
      expect(await isAdmitted()).to.equal(false);
    });
  }

  it('gives one more budget to a network that tries again in the same millisecond', async () => {
    const { admitted, isAdmitted, unlock } = await lockedOut();
    const time = realNow();
    Date.now = () => time;
    await unlock();
    expect(await admitted()).to.equal(10);
    expect(await isAdmitted()).to.equal(false);
    await unlock();
    expect(await admitted()).to.equal(10);
  });
});
