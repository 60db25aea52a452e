import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createLoginAccounts } from '../../../app/features/login/login-accounts.ts';
import type { RedisClient } from '../../../app/store/redis/redis-client.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { series } from '../../support/exposition.ts';
import { guesserNetwork, newNetwork } from '../../support/networks.ts';
import { onOneStore } from '../../support/stores.ts';
import { newUserFields, registerUser } from '../../support/users.ts';

const minute = 60_000;
/** The same in each run, so that the error of the estimate is the same too. */
const secret = Buffer.alloc(32, 7);
const emails = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `user${from + index}@example.com`);

/** A time whose minutes no other test and no other run uses. */
const newTime = (): number => Date.UTC(2100, 0) + randomBytes(4).readUInt32BE() * 30 * minute;

onOneStore('The accounts that logins name', (stores) => {
  let now: number;
  /** What Redis was given, and whether it answers. */
  let redis: { isAway: boolean; sent: string[]; keys: Set<string> };
  beforeEach(() => {
    now = newTime();
    redis = { isAway: false, sent: [], keys: new Set() };
  });

  function client(): RedisClient {
    const real = stores().redis;
    const asked = <T>(ask: () => Promise<T>): Promise<T> =>
      redis.isAway ? Promise.reject(new Error('Redis is away')) : ask();
    return {
      ...real,
      addDistinct: (key, elements, ttlMs) => {
        redis.sent.push(...elements);
        redis.keys.add(key);
        return asked(() => real.addDistinct(key, elements, ttlMs));
      },
      countDistinct: (keys) => asked(() => real.countDistinct(keys)),
    };
  }

  function startReplica() {
    const accounts = createLoginAccounts({ redis: client(), secret, now: () => now });
    return {
      refresh: accounts.refresh,
      fail: (names: readonly string[]) => {
        for (const email of names) accounts.add('failure', email);
      },
      succeed: (names: readonly string[]) => {
        for (const email of names) accounts.add('success', email);
      },
      counted: () =>
        Object.fromEntries(accounts.samples().map(({ labels, value }) => [labels.outcome, value])),
    };
  }

  it('are counted on all replicas together, each once, by outcome', async () => {
    const [one, other] = [startReplica(), startReplica()];
    one.fail(emails(0, 400));
    one.fail(emails(0, 400));
    other.fail(emails(200, 600));
    other.succeed(emails(0, 3));
    for (const replica of [one, other, one]) await replica.refresh();
    expect(one.counted()).to.deep.equal(other.counted());
    expect(one.counted().failure).to.be.closeTo(600, 30);
    expect(one.counted().success).to.equal(3);
  });

  it('are counted for ten minutes', async () => {
    const [one, other] = [startReplica(), startReplica()];
    one.fail(emails(0, 5));
    await one.refresh();
    now += 9 * minute;
    one.fail(emails(3, 8));
    for (const replica of [one, other]) await replica.refresh();
    expect([one.counted().failure, other.counted().failure]).to.deep.equal([8, 8]);
    now += minute;
    for (const replica of [one, other]) await replica.refresh();
    expect([one.counted().failure, other.counted().failure]).to.deep.equal([5, 5]);
    now += 9 * minute;
    for (const replica of [one, other]) await replica.refresh();
    expect([one.counted().failure, other.counted().failure]).to.deep.equal([0, 0]);
  });

  it('are what they were while Redis does not answer, then what the replica has seen, and reach Redis later', async () => {
    const [one, other] = [startReplica(), startReplica()];
    one.fail(emails(0, 20));
    for (const replica of [one, other]) await replica.refresh();
    redis.isAway = true;
    other.fail(emails(20, 25));
    await other.refresh();
    expect(other.counted().failure).to.equal(20);
    now += 9 * minute;
    await other.refresh();
    expect(other.counted().failure).to.equal(20);
    now += minute - 1;
    other.fail(emails(25, 28));
    expect(other.counted().failure).to.equal(20);
    now += 1;
    expect(other.counted().failure).to.equal(3);
    redis.isAway = false;
    for (const replica of [other, one]) await replica.refresh();
    expect(one.counted().failure).to.equal(3);
  });

  it('are counted by the replica at once, before it has asked Redis', () => {
    const replica = startReplica();
    expect(replica.counted()).to.deep.equal({ success: 0, failure: 0 });
    replica.fail(emails(0, 4));
    expect(replica.counted().failure).to.equal(4);
  });

  it('need a bounded memory, however many emails a client invents', async () => {
    const replica = startReplica();
    replica.fail(emails(0, 6_000));
    expect(replica.counted().failure).to.be.closeTo(6_000, 300);
    await replica.refresh();
    expect(redis.sent).to.have.length(2_000);
    expect(replica.counted().failure).to.be.closeTo(6_000, 300);
  });

  it('are unknown to Redis, and expire there', async () => {
    const replica = startReplica();
    replica.fail(['someone@example.com']);
    await replica.refresh();
    expect(redis.sent.join()).to.match(/^[\w-]{16}$/);
    const [key = ''] = redis.keys;
    expect(key).to.match(/^\{login-accounts\}:failure:\d+$/);
    const { connection } = stores().redis;
    if (!connection) return;
    expect(await connection.pttl(key)).to.be.within(1, 11 * minute);
    // The number of elements in a set of Redis is all that can be read from it.
    expect(await connection.pfcount(key)).to.equal(1);
  });
});

onOneStore('auth_login_accounts', (stores, kind) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores(), { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' });
  });
  after(() => app.close());

  const logIn = (email: string, password: string, to = app, from = newNetwork()) =>
    to.ask('POST /api/v1/auth/login', { body: { email, password }, headers: { 'X-Forwarded-For': from } });
  const count = async (outcome: string, of = app) =>
    (await series(of.metrics)).get(`auth_login_accounts{outcome="${outcome}"}`) ?? Number.NaN;
  /** A process without logins, which nobody refreshes, so that it shows its own logins only. */
  const startOther = () => startApp(stores(), { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' });

  it('counts the accounts of refused and throttled logins, existing or not, and those of successful ones', async () => {
    const { email, password } = await registerUser(app);
    const unknown = newUserFields().email;
    const other = await startOther();
    expect([await count('success', other), await count('failure', other)]).to.deep.equal([0, 0]);
    expect((await logIn(email, password, other)).status).to.equal(200);
    expect([await count('success', other), await count('failure', other)]).to.deep.equal([1, 0]);
    expect((await logIn(email.toUpperCase(), 'not the password', other)).status).to.equal(401);
    expect((await logIn(unknown, 'not the password', other)).status).to.equal(401);
    expect([await count('success', other), await count('failure', other)]).to.deep.equal([1, 2]);
    await other.close();
  });

  // Without Redis each process counts attempts for itself.
  if (kind === 'real') {
    it('counts the account of a guess that is throttled before its password is checked', async function () {
      if (!stores().redis.connection) return this.skip();
      const { email } = newUserFields();
      const from = guesserNetwork();
      for (let n = 0; n < 10; n += 1) await logIn(email, 'not the password', app, from);
      const other = await startOther();
      const { body, status } = await logIn(email, 'not the password', other, from);
      expect([status, body.code]).to.deep.equal([429, 'rate_limited']);
      expect(await count('failure', other)).to.equal(1);
      await other.close();
    });
  }

  it('shows on every replica what the others have counted, once the job has run', async () => {
    const [one, other] = [await startOther(), await startOther()];
    for (let n = 0; n < 5; n += 1) await logIn(newUserFields().email, 'not the password', one);
    expect(await count('failure', other)).to.equal(0);
    for (const replica of [one, other]) await replica.refreshLoginAccounts();
    // Other tests use the same Redis at the same time. The estimate may miss one of few.
    expect(await count('failure', other)).to.be.at.least(4);
    for (const replica of [one, other]) await replica.close();
  });
});
