import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import { type Faults, withFaults } from '../../support/faults.ts';
import { onOneStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { type LoggedInUser, logInNewAdmin, logInNewUser } from '../../support/users.ts';

onOneStore('GET /auth/verify?role=', (stores) => {
  let app: TestApp;
  let faults: Faults;
  let user: LoggedInUser;
  let admin: LoggedInUser;
  const clock = useMonotonicClock();

  before(async () => {
    const faulty = withFaults(stores());
    faults = faulty.faults;
    app = await startApp(faulty.stores);
    [user, admin] = [await logInNewUser(app), await logInNewAdmin(app)];
  });
  after(() => app.close());

  const verify = (query: string, { access }: LoggedInUser, method = 'GET') =>
    app.ask(`${method} /api/v1/auth/verify?${query}`, { token: access });

  it('answers 204 with the role, 403 without it, and 401 without a token', async () => {
    for (const method of ['GET', 'HEAD']) {
      expect((await verify('role=admin', admin, method)).status).to.equal(204);
      expect((await verify('role=admin', user, method)).status).to.equal(403);
      expect((await verify('role=user', user, method)).status).to.equal(204);
      expect((await verify('role=no-such-role', admin, method)).status).to.equal(403);
    }
    const refused = await verify('role=admin', user);
    expect(refused.body.code).to.equal('forbidden');
    expect(refused.headers).not.to.have.property('x-user-id');
    const anonymous = await app.ask('GET /api/v1/auth/verify?role=admin');
    expect(anonymous.status).to.equal(401);
  });

  it('accepts any of several roles', async () => {
    expect((await verify('role=admin&role=user', user)).status).to.equal(204);
    expect((await verify('role=user&role=admin', user)).status).to.equal(204);
    expect((await verify('role=admin&role=editor', user)).status).to.equal(403);
  });

  it('refuses what could be a mistake of the gateway with 422, for every caller', async () => {
    const mistakes = [
      'roles=admin',
      'Role=admin',
      'role[]=admin',
      'role=',
      'role',
      'role=Admin',
      'role=admin,user',
      'role=admin&scope=read',
      'role=user&page=2',
      'role=user&role=',
    ];
    for (const query of mistakes) {
      for (const caller of [user, admin]) {
        const { status, body } = await verify(query, caller);
        expect([query, status, body.code]).to.deep.equal([query, 422, 'validation_failed']);
      }
    }
  });

  it('takes the role from the state of the user: a role that was just taken away is missing', async () => {
    const demoted = await logInNewAdmin(app);
    expect((await verify('role=admin', demoted)).status).to.equal(204);
    const roles = { token: admin.access, body: { roles: ['user'] } };
    await app.ask(`PUT /api/v1/admin/users/${demoted.id}/roles`, roles);
    expect((await verify('role=admin', demoted)).status).to.equal(403);
  });

  it('decides by the copy in Redis while Postgres is away', async () => {
    for (const caller of [user, admin]) {
      expect((await verify('role=user', caller)).status).to.equal(204);
      const { sid } = JSON.parse(Buffer.from(caller.access.split('.')[1] ?? '', 'base64url').toString());
      await until(async () => (await app.stores.redis.get([`signed-state:${sid}`]))[0] !== null);
    }
    faults.postgres = true;
    try {
      await clock.advance(1_000);
      expect((await verify('role=admin', admin)).status).to.equal(204);
      expect((await verify('role=admin', user)).status).to.equal(403);
    } finally {
      faults.postgres = false;
    }
  });
});
