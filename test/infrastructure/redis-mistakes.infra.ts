import { expect } from 'chai';
import { createRateLimiter } from '../../app/store/rate-limit/rate-limiter.ts';
import { accessRule, requiredCommands } from '../../app/store/redis/required-commands.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { startApp } from '../support/app.ts';
import { series } from '../support/exposition.ts';
import { onRealStore } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { isAccepted, logInNewUser, newUserFields } from '../support/users.ts';
import { type ObservedRedis, observeRedis, outcome, write } from './observed-redis.ts';
import { type RedisProcess, startRedisProcess } from './servers/redis-server.ts';

/** Milliseconds for one command, so that a busy machine fails no test. */
const commandTimeout = 10_000;

onRealStore('Redis as providers and operators configure it', (stores) => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  const start = (...args: string[]): Promise<RedisProcess> => startRedisProcess({ cleanup, args });
  const open = (url: string): Promise<ObservedRedis> => observeRedis(cleanup, url, { commandTimeout });

  const isUsable = async ({ redis, isDegraded }: ObservedRedis): Promise<boolean> =>
    (await redis.ping()) && (await write(redis, 'key')) === 'done' && !(await isDegraded());

  /** Waits for the log line that names the mistake. */
  async function mistake(observed: ObservedRedis, reason: string) {
    const found = () => observed.logged('redis_lost').find((line) => line.reason === reason);
    await until(() => found() !== undefined);
    await until(observed.isDegraded);
    expect(await observed.redis.ping()).to.equal(false);
    expect(found()).to.include({ level: 'error' });
    return found() ?? {};
  }

  const setUser = ({ client }: RedisProcess, rule: string): Promise<unknown> =>
    client.call('ACL', 'SETUSER', 'service', 'on', '>secret', ...rule.split(' '));
  const asUser = ({ port }: RedisProcess): string => `redis://service:secret@127.0.0.1:${port}`;

  it('serves all that the service does with exactly the rights that are documented', async function () {
    this.timeout(60_000);
    const server = await start();
    await setUser(server, accessRule('auth:'));
    const observed = await open(asUser(server));
    await until(() => isUsable(observed));
    const options = { RATE_LIMIT: 'on', RATE_LIMIT_SCALE: '1' };
    const [one, other] = [
      await startApp({ ...stores(), redis: observed.redis }, options),
      await startApp({ ...stores(), redis: (await open(asUser(server))).redis }, options),
    ];
    for (const app of [one, other]) cleanup.add(() => app.close());
    const { access, email } = await logInNewUser(one);
    expect(await isAccepted(other, access)).to.equal(true);
    // More attempts than the account has for everybody, so that attempt slots are used as well.
    for (let n = 0; n < 15; n += 1)
      await one.ask('POST /api/v1/auth/login', { body: { email, password: newUserFields().password } });
    await one.ask('POST /api/v1/auth/logout', { token: access });
    await until(async () => !(await isAccepted(other, access)));
    for (const app of [one, other]) await app.refreshLoginAccounts();
    expect((await series(other.metrics)).get('auth_login_accounts{outcome="failure"}')).to.equal(1);
    const log = (await server.client.call('ACL', 'LOG')) as unknown[];
    expect(log).to.deep.equal([]);
    expect(await observed.isDegraded()).to.equal(false);
  });

  it('needs no right that an earlier release did not need, except for one metric', async () => {
    const server = await start();
    await setUser(server, `${accessRule('auth:')} -pfadd -pfcount`);
    const observed = await open(asUser(server));
    await until(() => isUsable(observed));
    const app = await startApp({ ...stores(), redis: observed.redis });
    cleanup.add(() => app.close());
    const { email } = newUserFields();
    await app.ask('POST /api/v1/auth/login', { body: { email, password: newUserFields().password } });
    await app.refreshLoginAccounts();
    expect((await series(app.metrics)).get('auth_login_accounts{outcome="failure"}')).to.equal(1);
    expect(await isUsable(observed)).to.equal(true);
    expect(observed.logged('redis_lost')).to.deep.equal([]);
  });

  it('names each command that the user lacks, and notices when the right is given', async function () {
    this.timeout(120_000);
    const server = await start();
    for (const command of requiredCommands) {
      await setUser(server, `reset on >secret ${accessRule('auth:')} -${command}`);
      const observed = await open(asUser(server));
      // The command is sent by the service at its start, and by the check.
      void outcome(observed.redis.subscribe('channel', () => undefined));
      const line = await mistake(observed, 'no_permission');
      expect([command, line.commands]).to.deep.equal([command, [command]]);
      expect(line.msg).to.contain('docs/redis.md');
      await observed.redis.close();
    }
  });

  it('names a missing key pattern, and does not count limits in memory silently', async () => {
    const server = await start();
    await setUser(server, accessRule('other:'));
    const observed = await open(asUser(server));
    const line = await mistake(observed, 'no_permission');
    expect(line.commands).to.include.members(['get', 'set', 'evalsha', 'publish']);
    const limiter = createRateLimiter(observed.redis, { name: 'x', points: 8, window: 60_000 });
    expect(await limiter.consume('key')).to.include({ limit: 2 });
    expect(
      await observed.metric('auth_redis_commands_failed_total{reason="no_permission"}'),
    ).to.be.greaterThan(0);
  });

  it('is used again without a restart once an access rule is corrected while the service runs', async () => {
    const server = await start();
    await setUser(server, accessRule('auth:'));
    const observed = await open(asUser(server));
    await until(() => isUsable(observed));
    await setUser(server, '-set');
    expect(await write(observed.redis, 'key')).to.match(/NOPERM/);
    expect((await mistake(observed, 'no_permission')).commands).to.deep.equal(['set']);
    await setUser(server, '+set');
    await until(() => isUsable(observed));
    expect(observed.logged('redis_back')).to.have.length(1);
  });

  for (const [what, url] of [
    ['a wrong password', ({ port }: RedisProcess) => `redis://:wrong@127.0.0.1:${port}`],
    ['an unknown user', ({ port }: RedisProcess) => `redis://nobody:secret@127.0.0.1:${port}`],
    ['no password', ({ port }: RedisProcess) => `redis://127.0.0.1:${port}`],
  ] as const) {
    it(`names the mistake, and is used once it is corrected: ${what}`, async () => {
      const server = await startRedisProcess({
        cleanup,
        args: ['--requirepass', 'secret'],
        client: { password: 'secret' },
      });
      let current = url(server);
      const observed = await observeRedis(cleanup, () => current, { commandTimeout });
      const { msg } = await mistake(observed, 'unauthenticated');
      expect(msg).to.match(/password in REDIS_URL/);
      current = `redis://:secret@127.0.0.1:${server.port}`;
      await until(() => isUsable(observed));
    });
  }

  it('names a database that does not exist, and writes to no other one', async () => {
    const server = await start('--databases', '2');
    let current = `redis://127.0.0.1:${server.port}/2`;
    const observed = await observeRedis(cleanup, () => current, { commandTimeout });
    const writes = Array.from({ length: 50 }, () => write(observed.redis, 'key'));
    await mistake(observed, 'wrong_database');
    expect(await Promise.all(writes)).not.to.include('done');
    expect(await write(observed.redis, 'key')).not.to.equal('done');
    expect(await server.client.dbsize()).to.equal(0);
    current = `redis://127.0.0.1:${server.port}/1`;
    await until(() => isUsable(observed));
  });

  it('names servers that are no cluster', async () => {
    const [one, other] = [await start(), await start()];
    const observed = await open(`redis://127.0.0.1:${one.port},redis://127.0.0.1:${other.port}`);
    expect((await mistake(observed, 'wrong_mode')).msg).to.match(/nodes of one cluster/);
  });

  it('may lack CLIENT, CONFIG, INFO, HELLO and ACL', async () => {
    const missing = ['CLIENT', 'CONFIG', 'INFO', 'HELLO', 'ACL'];
    const server = await start(...missing.flatMap((command) => ['--rename-command', command, '']));
    const observed = await open(`redis://127.0.0.1:${server.port}`);
    await until(() => isUsable(observed));
    expect(observed.lines).to.deep.equal([]);
  });

  it('names commands that a provider has removed', async () => {
    const server = await start('--rename-command', 'EVALSHA', '', '--rename-command', 'EVAL', '');
    const observed = await open(`redis://127.0.0.1:${server.port}`);
    expect((await mistake(observed, 'unknown_command')).commands).to.deep.equal(['eval', 'evalsha']);
  });

  for (const [policy, more] of [
    ['allkeys-lru', []],
    ['volatile-ttl', ['--rename-command', 'CONFIG', '']],
  ] as const) {
    it(`with the eviction policy ${policy} is used, with a warning and a metric: ${more.length ? 'without' : 'with'} CONFIG`, async () => {
      const server = await start('--maxmemory', '100mb', '--maxmemory-policy', policy, ...more);
      const observed = await open(`redis://127.0.0.1:${server.port}`);
      await until(() => observed.logged('redis_evicts').length === 1);
      expect(observed.logged('redis_evicts')[0]).to.include({ level: 'warn', policy });
      expect(await observed.metric('auth_redis_eviction')).to.equal(1);
      await until(() => isUsable(observed));
    });
  }

  it('gives no warning with noeviction, or without a limit of memory', async () => {
    for (const args of [
      ['--maxmemory', '100mb', '--maxmemory-policy', 'noeviction'],
      ['--maxmemory-policy', 'allkeys-lru'],
    ]) {
      const server = await start(...args);
      const observed = await open(`redis://127.0.0.1:${server.port}`);
      await until(() => isUsable(observed));
      await until(async () => (await server.client.info('commandstats')).includes('cmdstat_expire'));
      expect([observed.lines, await observed.metric('auth_redis_eviction')]).to.deep.equal([[], 0]);
    }
  });

  it('that has lost its master is an outage, which ends by itself', async () => {
    const server = await start('--replica-serve-stale-data', 'no');
    const observed = await open(`redis://127.0.0.1:${server.port}`);
    await until(() => isUsable(observed));
    await server.client.replicaof('127.0.0.1', '1');
    await until(async () => {
      await write(observed.redis, 'key');
      return observed.isDegraded();
    });
    await until(() => observed.logged('redis_lost').some(({ reason }) => reason === 'loading'));
    await server.client.replicaof('NO', 'ONE');
    await until(() => isUsable(observed));
  });
});
