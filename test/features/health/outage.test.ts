import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import { type Faults, withFaults } from '../../support/faults.ts';
import { onEachStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { isAccepted, logInNewUser, newUserFields, sessionIdOf } from '../../support/users.ts';

onEachStore('Stores that are away', (stores) => {
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

  it('readiness reports Redis as degraded and Postgres as failure', async () => {
    const ready = () => app.ask('GET /api/v1/health/ready');
    expect((await ready()).body).to.deep.equal({
      status: 'ready',
      checks: { postgres: 'up', schema: 'current', redis: 'up', signing_key: 'usable', draining: false },
    });
    // One check answers all requests of half a second.
    faults.redis = true;
    await clock.advance(500);
    const degraded = await ready();
    expect([degraded.status, degraded.body.checks.redis]).to.deep.equal([200, 'degraded']);
    faults.postgres = true;
    await clock.advance(500);
    const failed = await ready();
    expect([failed.status, failed.body.checks.postgres]).to.deep.equal([503, 'down']);
    expect((await app.ask('GET /api/v1/health/live')).status).to.equal(200);
    expect((await app.ask('GET /api/v1/health')).status).to.equal(200);
  });
});
