import { expect } from 'chai';
import { decodeJwt, SignJWT } from 'jose';
import { createStore } from '../../../app/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { withFaults } from '../../support/faults.ts';
import { withInterleaving } from '../../support/interleaving.ts';
import { ageAuthentication, refresh, sessionIdOf } from '../../support/step-up.ts';
import { onOneStore } from '../../support/stores.ts';
import { type LoggedInUser, logInNewAdmin, logInNewUser } from '../../support/users.ts';

const route = 'POST /api/v1/auth/reauthenticate';

onOneStore(route, (stores) => {
  let app: TestApp;
  let otherReplica: TestApp;
  before(async () => {
    app = await startApp(stores());
    otherReplica = await startApp(stores());
  });
  after(() => Promise.all([app.close(), otherReplica.close()]));

  const reauthenticate = ({ access, password }: LoggedInUser, on = app) =>
    on.ask(route, { token: access, body: { password } });
  /** A change that needs a recent authentication: 409, because the role exists, once the authentication suffices. */
  const change = async (token: string, on = app): Promise<string> => {
    const { status, body } = await on.ask('POST /api/v1/admin/roles', { token, body: { name: 'admin' } });
    return `${status} ${body.code}`;
  };
  const [refused, accepted] = ['401 insufficient_user_authentication', '409 role_exists'];
  const oldAdmin = async () => ageAuthentication(app, stores(), await logInNewAdmin(app));

  it('returns an access token that every replica accepts for changes, at once', async () => {
    const admin = await oldAdmin();
    for (const replica of [app, otherReplica]) expect(await change(admin.access, replica)).to.equal(refused);
    const { status, body } = await reauthenticate(admin);
    expect([status, Object.keys(body.data)]).to.deep.equal([
      200,
      ['access_token', 'token_type', 'expires_in'],
    ]);
    expect(sessionIdOf({ access: body.data.access_token })).to.equal(sessionIdOf(admin));
    for (const replica of [otherReplica, app])
      expect(await change(body.data.access_token, replica)).to.equal(accepted);
  });

  it('does not raise an access token that was stolen before', async () => {
    const admin = await oldAdmin();
    expect((await reauthenticate(admin)).status).to.equal(200);
    for (const replica of [app, otherReplica]) expect(await change(admin.access, replica)).to.equal(refused);
  });

  it('counts for the tokens of later refreshes, which renew nothing themselves', async () => {
    const current = await refresh(app, await oldAdmin());
    expect(await change(current.access)).to.equal(refused);
    await reauthenticate(current);
    const renewed = await refresh(app, current);
    expect(await change(renewed.access)).to.equal(accepted);
    const old = await ageAuthentication(app, stores(), renewed);
    expect(await change(old.access)).to.equal(refused);
    expect(await change((await refresh(app, old)).access)).to.equal(refused);
  });

  it('puts the roles of the moment of the proof into the token, not those of the headers', async () => {
    const between = withInterleaving(stores());
    const replica = await startApp(between.stores);
    try {
      const [admin, boss] = await Promise.all([logInNewAdmin(app), logInNewAdmin(app)]);
      const path = `PUT /api/v1/admin/users/${admin.id}/roles`;
      between.interleaving.beforeTransaction(() =>
        app.ask(path, { token: boss.access, body: { roles: ['user'] } }),
      );
      const { body } = await reauthenticate(admin, replica);
      expect(decodeJwt(body.data.access_token).roles).to.deep.equal(['user']);
    } finally {
      await replica.close();
    }
  });

  it('renews nothing with a wrong password', async () => {
    const admin = await oldAdmin();
    const reply = await reauthenticate({ ...admin, password: `${admin.password}x` });
    expect([reply.status, reply.body.code]).to.deep.equal([403, 'wrong_password']);
    expect(reply.body).to.not.have.property('data');
    expect(await change((await refresh(app, admin)).access)).to.equal(refused);
  });

  it('is for every user, and leaves its row in the audit log', async () => {
    const user = await logInNewUser(app);
    expect((await reauthenticate(user)).status).to.equal(200);
    const { items } = await createStore(stores().database).auditLog.listForUser({
      userId: user.id,
      limit: 9,
    });
    expect(items.map(({ action, actorId, targetId }) => [action, actorId, targetId])).to.deep.equal([
      ['authentication.renew', user.id, user.id],
    ]);
  });

  it('refuses an absent token, a session that has ended, and an invalid body', async () => {
    expect((await app.ask(route, { body: { password: 'x' } })).status).to.equal(401);
    const user = await logInNewUser(app);
    for (const body of [{}, { password: 1 }, { password: user.password, more: true }])
      expect((await app.ask(route, { token: user.access, body })).status).to.equal(422);
    await app.ask('POST /api/v1/auth/logout', { token: user.access });
    expect((await reauthenticate(user)).status).to.equal(401);
  });

  it('is needed by a token that does not say when its user was authenticated', async () => {
    const admin = await logInNewAdmin(app);
    const { kid, key } = app.keys.current();
    const [, payload = ''] = admin.access.split('.');
    const { auth_time, ...claims } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(auth_time).to.be.closeTo(Date.now() / 1000, 60);
    const header = { alg: app.keys.algorithm, typ: 'at+jwt', kid };
    const ofPreviousRelease = await new SignJWT(claims).setProtectedHeader(header).sign(key);
    expect((await app.ask('GET /api/v1/users/me', { token: ofPreviousRelease })).status).to.equal(200);
    expect(await change(ofPreviousRelease)).to.equal(refused);
  });
});

onOneStore('Step-up authentication without a store', (stores) => {
  let app: TestApp;
  let faults: ReturnType<typeof withFaults>['faults'];
  let admin: LoggedInUser;
  before(async () => {
    const faulty = withFaults(stores());
    faults = faulty.faults;
    app = await startApp(faulty.stores);
    admin = await ageAuthentication(app, stores(), await logInNewAdmin(app));
  });
  afterEach(() => Object.assign(faults, { postgres: false, redis: false }));
  after(() => app.close());

  const change = () => app.ask('POST /api/v1/admin/roles', { token: admin.access, body: { name: 'admin' } });
  const reauthenticate = () => app.ask(route, { token: admin.access, body: { password: admin.password } });

  it('refuses with 503 while Postgres is away', async () => {
    faults.postgres = true;
    expect([(await change()).status, (await reauthenticate()).status]).to.deep.equal([503, 503]);
    faults.redis = true;
    expect([(await change()).status, (await reauthenticate()).status]).to.deep.equal([503, 503]);
  });

  it('works as ever while Redis is away', async () => {
    faults.redis = true;
    expect((await change()).status).to.equal(401);
    const { body } = await reauthenticate();
    admin = { ...admin, access: body.data.access_token };
    expect((await change()).status).to.equal(409);
  });
});

onOneStore('Wrong passwords of a reauthentication', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores(), { RATE_LIMIT: 'on' });
  });
  after(() => app.close());

  it('use up the confirmations of the session, after which the right one is refused too', async () => {
    const user = await logInNewUser(app);
    const ask = async (password: string) =>
      (await app.ask(route, { token: user.access, body: { password } })).status;
    const statuses: number[] = [];
    for (let n = 0; n < 10; n += 1) statuses.push(await ask('a guess'));
    expect(new Set(statuses)).to.deep.equal(new Set([403]));
    expect(await ask(user.password)).to.equal(429);
  });
});
