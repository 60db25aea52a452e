import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createAttemptSlots } from '../../../app/store/rate-limit/attempt-slots.ts';
import type { Applicant } from '../../../app/store/rate-limit/slot-rules.ts';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import type { RedisClient } from '../../../app/store/redis/redis-client.ts';
import { onEachStore, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

/** So long that no slot opens during a test. */
const never = 2 ** 31;
const rules = {
  interval: never,
  draws: 2,
  rest: 1_000,
  waiting: 3,
  period: never,
  perNetwork: 2,
  perBlock: 4,
};

const newAccount = (): string => randomBytes(32).toString('base64url');

/** A network in a block of its own. */
const applicant = (account: string, network: string, block = `block of ${network}`): Applicant => ({
  account,
  network,
  block: block.replaceAll(' ', '-'),
});

onEachStore('Attempt slots of an account', (stores) => {
  const create = (different: Partial<typeof rules> = {}, random = 0) =>
    createAttemptSlots(stores().redis, { ...rules, ...different }, () => random);

  it('are used by the first two networks that ask, and then a network waits for the next one', async () => {
    const [slots, account] = [create(), newAccount()];
    const opensIn = [];
    for (const network of ['a', 'b', 'c'])
      opensIn.push((await slots.claim(applicant(account, network))).opensIn);
    expect(opensIn.slice(0, 2)).to.deep.equal([0, 0]);
    expect(opensIn[2]).to.be.within(1, never);
    expect((await slots.claim(applicant(newAccount(), 'c'))).opensIn).to.equal(0);
  });

  it('are two for simultaneous networks', async () => {
    const [slots, account] = [create({ waiting: 30 }), newAccount()];
    const networks = Array.from({ length: 20 }, (_, n) => `n${n}`);
    const results = await Promise.all(networks.map((network) => slots.claim(applicant(account, network))));
    expect(results.filter(({ opensIn }) => opensIn === 0)).to.have.length(2);
  });

  it('need no second entry while a network waits', async () => {
    const [slots, account] = [create(), newAccount()];
    for (const network of ['a', 'b', 'c', 'c', 'c', 'c', 'c'])
      expect((await slots.claim(applicant(account, network))).opensIn).not.to.equal(null);
  });

  it('have two entries for a network and four for a block', async () => {
    const [slots, account] = [create(), newAccount()];
    const claim = async (network: string, block: string) =>
      (await slots.claim(applicant(account, network, block))).opensIn;
    expect([await claim('a', 'x'), await claim('a', 'x'), await claim('a', 'x')]).to.deep.equal([0, 0, null]);
    expect([await claim('b', 'x'), await claim('c', 'x')]).not.to.include(null);
    expect(await claim('d', 'x')).to.equal(null);
    expect(await claim('d', 'y')).not.to.equal(null);
  });

  it('are drawn among the newest networks: one that is pushed out needs another entry', async () => {
    const [slots, account] = [create(), newAccount()];
    const claim = async (network: string) => (await slots.claim(applicant(account, network))).opensIn;
    for (const network of ['a', 'b', 'old', 'c', 'd', 'e']) expect(await claim(network)).not.to.equal(null);
    // The network should rest before its second entry, which it then uses although nobody waited.
    expect(await claim('old')).to.equal(rules.rest);
    expect(await claim('old')).to.be.greaterThan(rules.rest);
    for (const network of ['f', 'g', 'h']) await claim(network);
    expect(await claim('old')).to.equal(null);
  });

  it('are free again after a refund, with the entry', async () => {
    const [slots, account] = [create(), newAccount()];
    await slots.claim(applicant(account, 'a'));
    for (let n = 0; n < 5; n += 1) {
      const { opensIn, refund } = await slots.claim(applicant(account, 'b'));
      expect(opensIn).to.equal(0);
      await refund();
    }
    expect((await slots.claim(applicant(account, 'c'))).opensIn).to.equal(0);
  });

  it('are free again after a reset, with all entries, and a late refund grants nothing', async () => {
    const [slots, account] = [create(), newAccount()];
    const claim = () => slots.claim(applicant(account, 'a'));
    const used = [await claim(), await claim()];
    expect((await claim()).opensIn).to.equal(null);
    await slots.reset(account);
    expect([(await claim()).opensIn, (await claim()).opensIn]).to.deep.equal([0, 0]);
    for (const { refund } of used) await refund();
    expect((await claim()).opensIn).to.equal(null);
  });

  it('belong to the network that wins the draw, and to no other', async () => {
    const interval = 1_000;
    for (const [random, winner, loser] of [
      [0, 'first', 'second'],
      [0.999, 'second', 'first'],
    ] as const) {
      const slots = create({ interval, draws: 1, perNetwork: 1 }, random);
      const claimAll = async (account: string, networks: readonly string[]) => {
        const answers = [];
        for (const network of networks)
          answers.push((await slots.claim(applicant(account, network))).opensIn);
        return answers;
      };
      // Starts again on another account if a slot opened between the attempts.
      let account = newAccount();
      await until(async () => {
        account = newAccount();
        const [, , first, second] = await claimAll(account, ['a', 'b', 'first', 'second']);
        return Boolean(first && second && second <= first);
      });
      let answers: (number | null)[] = [];
      await until(async () => {
        answers = await claimAll(account, [loser, winner]);
        return answers.includes(0);
      });
      expect(answers[1]).to.equal(0);
      expect(answers[0]).not.to.equal(0);
    }
  });
});

describe('Attempt slots without Redis', () => {
  let redis: RedisClient;
  before(async () => {
    redis = await createRedisClient({ url: () => 'redis://127.0.0.1:1', log: silentLog });
  });
  after(() => redis.close());

  it('open after four times the interval', async () => {
    // The clock of the process starts at 0, so the first slots are open.
    const interval = 1_000_000_000;
    const slots = createAttemptSlots(redis, { ...rules, interval }, () => 0);
    const account = newAccount();
    for (const network of ['a', 'b']) await slots.claim(applicant(account, network));
    const { opensIn } = await slots.claim(applicant(account, 'c'));
    expect(opensIn).to.be.within(interval, 4 * interval);
  });
});
