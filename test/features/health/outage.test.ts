import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import { type Faults, withFaults } from '../../support/faults.ts';
import { onOneStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { isAccepted, logInNewUser, newUserFields, sessionIdOf } from '../../support/users.ts';

onOneStore('Stores that are away', (stores) => {
  let app: TestApp;
  let faults: Faults;
  beforeEach(async () => {
    const faulty = withFaults(stores());
    faults = faulty.faults;
    app = await startApp(faulty.stores);
  });
  afterEach(() => app.close());

  const verify = (token: string) => app.ask('GET /api/v1/auth/verify', { token });
  const clock = useMonotonicClock();
  /** After a second, no replica may use its cached state of a session. */
  const forget = () => clock.advance(1_000);

  it('Postgres away: what needs it answers 503 with Retry-After', async () => {
    const { access, refresh } = await logInNewUser(app);
    faults.postgres = true;
    const calls: [string, object][] = [
      ['POST /api/v1/auth/register', { body: newUserFields() }],
      ['POST /api/v1/auth/login', { body: { email: 'a@example.com', password: 'whatever' } }],
      ['POST /api/v1/auth/refresh', { body: { refresh_token: refresh } }],
      ['POST /api/v1/auth/logout', { token: access }],
      ['GET /api/v1/users/me/sessions', { token: access }],
    ];
    for (const [what, ask] of calls) {
      const reply = await app.ask(what, ask);
      expect([what, reply.status, reply.headers['retry-after']]).to.deep.equal([what, 503, '1']);
    }
  });

  it('Postgres away: token checks go on from the copy in Redis', async () => {
    const { access } = await logInNewUser(app);
    expect((await verify(access)).status).to.equal(204);
    const { redis } = app.stores;
    await until(async () => (await redis.get([`signed-state:${sessionIdOf(access)}`]))[0] !== null);
    faults.postgres = true;
    await forget();
    expect((await verify(access)).status).to.equal(204);
  });

  it('Postgres away: every replica stays ready for token checks, and refuses logins with Retry-After', async () => {
    const replicas = [app, await startApp(app.stores), await startApp(app.stores)];
    const ready = ({ ask }: TestApp) => ask('GET /api/v1/health/ready');
    expect((await Promise.all(replicas.map(ready))).map(({ status }) => status)).to.deep.equal([
      200, 200, 200,
    ]);
    const { access, email } = await logInNewUser(app);
    await verify(access);
    const { redis } = app.stores;
    await until(async () => (await redis.get([`signed-state:${sessionIdOf(access)}`]))[0] !== null);
    faults.postgres = true;
    await forget();
    for (const { ask } of replicas) {
      const { body, status } = await ask('GET /api/v1/health/ready');
      const check = await ask('GET /api/v1/auth/verify', { token: access });
      const login = await ask('POST /api/v1/auth/login', { body: { email, password: 'whatever' } });
      expect([status, body.status, check.status, login.status, login.headers['retry-after']]).to.deep.equal([
        ...[200, 'degraded', 204],
        ...[503, '1'],
      ]);
    }
    await Promise.all(replicas.slice(1).map((replica) => replica.close()));
  });

  it('Postgres away: a session that ended before stays dead', async () => {
    const { access } = await logInNewUser(app);
    await verify(access);
    await app.ask('POST /api/v1/auth/logout', { token: access });
    const elsewhere = await startApp(app.stores);
    faults.postgres = true;
    try {
      const reply = await elsewhere.ask('GET /api/v1/auth/verify', { token: access });
      expect(reply.status).to.be.oneOf([401, 503]);
    } finally {
      await elsewhere.close();
    }
  });

  it('Redis away at a logout: it is told as soon as Redis is back, so that Postgres may go then', async () => {
    const { access } = await logInNewUser(app);
    await verify(access);
    faults.redis = true;
    await app.ask('POST /api/v1/auth/logout', { token: access });
    faults.redis = false;
    await until(async () => (await app.stores.redis.get([`ended:${sessionIdOf(access)}`]))[0] === '1');
  });

  it('both away: 503, never 200', async () => {
    const { access } = await logInNewUser(app);
    await verify(access);
    faults.postgres = true;
    faults.redis = true;
    await forget();
    expect((await verify(access)).status).to.equal(503);
  });

  it('Redis away: login, refresh and logout work, and a logged-out token stays dead', async () => {
    faults.redis = true;
    const { access, refresh } = await logInNewUser(app);
    expect(
      (await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: refresh } })).status,
    ).to.equal(200);
    expect((await app.ask('POST /api/v1/auth/logout', { token: access })).status).to.equal(204);
    expect(await isAccepted(app, access)).to.equal(false);
  });

  it('readiness reports each store, and fails only while no token can be checked', async () => {
    const ready = () => app.ask('GET /api/v1/health/ready');
    const checks = {
      schema: 'current',
      redis: 'up',
      signing_key: 'usable',
      isolated: false,
      draining: false,
    };
    expect((await ready()).body).to.deep.equal({ status: 'ready', checks: { postgres: 'up', ...checks } });
    // One check answers all requests of half a second.
    const during = async (outage: Partial<Faults>) => {
      Object.assign(faults, { postgres: false, redis: false }, outage);
      await clock.advance(500);
      const { body, status } = await ready();
      return [status, body.status, body.checks.postgres, body.checks.redis];
    };
    expect(await during({ redis: true })).to.deep.equal([200, 'ready', 'up', 'degraded']);
    expect(await during({ postgres: true })).to.deep.equal([200, 'degraded', 'down', 'up']);
    expect(await during({ postgres: true, redis: true })).to.deep.equal([
      503,
      'not_ready',
      'down',
      'degraded',
    ]);
    expect((await app.ask('GET /api/v1/health/live')).status).to.equal(200);
    expect((await app.ask('GET /api/v1/health')).status).to.equal(200);
    expect(await during({})).to.deep.equal([200, 'ready', 'up', 'up']);
  });

  it('Postgres away: public keys and the user of a valid token are served', async () => {
    const { access, email } = await logInNewUser(app);
    await verify(access);
    const { redis } = app.stores;
    await until(async () => (await redis.get([`signed-state:${sessionIdOf(access)}`]))[0] !== null);
    faults.postgres = true;
    await forget();
    expect((await app.ask('GET /.well-known/jwks.json')).status).to.equal(200);
    const own = await app.ask('GET /api/v1/users/me', { token: access });
    expect([own.status, own.body.data.email]).to.deep.equal([200, email]);
  });
});
