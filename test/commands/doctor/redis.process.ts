import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { redisConnectionChecks } from '../../../app/commands/doctor/checks/redis-connection.ts';
import { redisStateChecks } from '../../../app/commands/doctor/checks/redis-state.ts';
import { accessRule } from '../../../app/store/redis/required-commands.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import { type Faults, withFaults } from '../../support/faults.ts';
import { onRealStore } from '../../support/stores.ts';
import { diagnose, only } from './support/diagnosis.ts';

const checks = [...redisConnectionChecks, ...redisStateChecks];

onRealStore('The doctor and Redis', (stores) => {
  let admin: Redis;
  const user = `doctor-${randomBytes(6).toString('hex')}`;
  before(function () {
    const url = stores().redisUrl?.();
    if (!url) return this.skip();
    admin = new Redis(url);
  });
  after(async () => {
    await admin?.call('ACL', 'DELUSER', user);
    await admin?.quit();
  });

  const sharedUrl = (): URL => new URL(stores().redisUrl?.() ?? '');
  const run = async (url: string) =>
    (await diagnose({ env: { REDIS_URL: url, REDIS_KEY_PREFIX: `${user}:` } }, checks)).problems;
  const setUser = (rule: string) =>
    admin.call('ACL', 'SETUSER', user, 'reset', 'on', '>secret', ...rule.split(' '));

  function asUser(password = 'secret'): string {
    const url = sharedUrl();
    [url.username, url.password, url.pathname] = [user, password, ''];
    return url.href;
  }

  it('finds nothing wrong with the documented rights', async () => {
    await setUser(accessRule(`${user}:`));
    expect(await run(asUser())).to.deep.equal([]);
    // What the check of rights has written expires within a second. -1 would be a key that stays.
    for (const key of await admin.keys(`${user}:*`))
      expect(await admin.pttl(key))
        .to.be.lessThan(1_001)
        .and.not.equal(-1);
  });

  it('finds a command that is forbidden', async () => {
    await setUser(`${accessRule(`${user}:`)} -hincrby`);
    const { findings, problems } = await diagnose(
      { env: { REDIS_URL: asUser(), REDIS_KEY_PREFIX: `${user}:` } },
      checks,
    );
    expect(problems).to.deep.equal(['failed redis-rights']);
    expect(findings.get('redis-rights')?.message).to.contain('may not send HINCRBY on');
  });

  it('warns of rights of an earlier release, without which only one metric is worse', async () => {
    await setUser(`${accessRule(`${user}:`)} -pfadd -pfcount`);
    const env = { REDIS_URL: asUser(), REDIS_KEY_PREFIX: `${user}:` };
    const { findings, problems } = await diagnose({ env }, checks);
    expect(problems).to.deep.equal(['warning redis-rights']);
    expect(findings.get('redis-rights')?.message)
      .to.contain('PFADD, PFCOUNT')
      .and.contain('auth_login_accounts');
  });

  it('finds a wrong password', async () => {
    await setUser(accessRule(`${user}:`));
    expect(await run(asUser('wrong'))).to.deep.equal(['failed redis-password']);
  });

  it('finds a database that does not exist', async () => {
    const url = sharedUrl();
    url.pathname = '/9999';
    expect(await run(url.href)).to.deep.equal(['failed redis-database']);
  });

  it('finds a list of servers that are no cluster', async () => {
    const url = sharedUrl();
    url.pathname = '';
    expect(await run(`${url.href},${url.href}`)).to.deep.equal(['failed redis-cluster']);
  });

  it('finds a host name without an address, and an address where nobody listens', async () => {
    expect(await run('redis://redis.invalid:6379')).to.deep.equal(['failed redis-dns']);
    expect(await run('redis://127.0.0.1:1')).to.deep.equal(['failed redis-refused']);
  });
});

onRealStore('The doctor and the service on this machine', (stores) => {
  const clock = useMonotonicClock();
  let app: TestApp;
  let faults: Faults;
  beforeEach(async () => {
    const faulty = withFaults(stores());
    faults = faulty.faults;
    app = await startApp(faulty.stores);
  });
  afterEach(() => app.close());

  async function ask() {
    const env = { METRICS_PORT: 'off', PORT: String(app.port), HOST: '127.0.0.1' };
    return (await diagnose({ env }, only('service-ready'))).findings.get('service-ready');
  }

  it('says whether the service is ready, and why it is not', async () => {
    expect(await ask()).to.include({ status: 'passed' });
    app.drain();
    expect(await ask()).to.include({ status: 'failed', message: 'It is not ready: draining: true' });
  });

  it('tells a service that only checks tokens from one that is ready', async () => {
    expect(await ask()).to.include({ status: 'passed' });
    faults.postgres = true;
    await clock.advance(500);
    const message =
      'It is degraded: it checks tokens, and nobody can log in (postgres: down, schema: unknown)';
    expect(await ask()).to.include({ status: 'failed', message });
  });
});
