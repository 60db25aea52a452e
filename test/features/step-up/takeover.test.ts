import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import type { AuditRecord } from '../../../app/store/tables/audit-log.ts';
import { type Reply, startApp, type TestApp } from '../../support/app.ts';
import { createChangingRoutes } from '../../support/route-table.ts';
import { ageAuthentication } from '../../support/step-up.ts';
import { onOneStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { type LoggedInUser, logInNewAdmin, logInNewUser, newUserFields } from '../../support/users.ts';

const me = '/api/v1/users/me';
const users = '/api/v1/admin/users';

/** What a caller must prove on each route that changes something. A new route fails the test until it is listed. */
const proofs: Record<string, 'recent authentication' | 'password' | 'access token'> = {
  [`PATCH ${users}/:id`]: 'recent authentication',
  [`PUT ${users}/:id/roles`]: 'recent authentication',
  [`POST ${users}/:id/reset-token`]: 'recent authentication',
  [`DELETE ${users}/:id`]: 'recent authentication',
  [`POST ${users}/:id/disable`]: 'recent authentication',
  [`POST ${users}/:id/enable`]: 'recent authentication',
  [`POST ${users}/:id/unlock`]: 'recent authentication',
  [`DELETE ${users}/:id/sessions`]: 'recent authentication',
  'POST /api/v1/admin/roles': 'recent authentication',
  'DELETE /api/v1/admin/roles/:name': 'recent authentication',
  'POST /api/v1/auth/reauthenticate': 'password',
  [`POST ${me}/password`]: 'password',
  [`DELETE ${me}`]: 'password',
  [`POST ${me}/delete`]: 'password',
  // For a new email. A username is no credential.
  [`PATCH ${me}`]: 'password',
  // A logout takes access away, and an owner in a hurry must not be asked for more.
  'POST /api/v1/auth/logout': 'access token',
  'POST /api/v1/auth/logout-all': 'access token',
  [`DELETE ${me}/sessions/:id`]: 'access token',
};

const changing = createChangingRoutes()
  .filter(({ access }) => access !== 'open')
  .map((endpoint) => ({ ...endpoint, route: `${endpoint.method.toUpperCase()} ${endpoint.path}` }));

describe('The route table', () => {
  it('says of each changing route what its caller must prove', () => {
    expect(changing.map(({ route }) => route)).to.have.members(Object.keys(proofs));
    for (const { route, recentAuthentication = false } of changing) {
      expect([route, recentAuthentication]).to.deep.equal([route, proofs[route] === 'recent authentication']);
    }
  });
});

onOneStore('A stolen access token of an administrator', (stores) => {
  let app: TestApp;
  let admin: LoggedInUser;
  let other: LoggedInUser;
  const store = () => createStore(stores().database);
  before(async () => {
    app = await startApp(stores());
    other = await logInNewAdmin(app);
    admin = await ageAuthentication(app, stores(), await logInNewAdmin(app));
  });
  after(() => app.close());

  const email = () => newUserFields().email;
  const bodies: Record<string, () => object> = {
    [`PATCH ${users}/:id`]: () => ({ email: email() }),
    [`PUT ${users}/:id/roles`]: () => ({ roles: ['admin', 'user'] }),
    'POST /api/v1/admin/roles': () => ({ name: `r${newUserFields().username}` }),
  };
  const askStolen = (what: string, body?: object) =>
    app.ask(what, { token: admin.access, ...(body && { body }) });

  async function rowOf(reply: Reply): Promise<AuditRecord | undefined> {
    const { items } = await store().auditLog.listForUser({ userId: admin.id, limit: 100 });
    return items.find(({ requestId }) => requestId === reply.headers['x-request-id']);
  }
  const lineOf = (reply: Reply) =>
    app
      .logged()
      .find(({ event, requestId }) => event === 'request' && requestId === reply.headers['x-request-id']);

  /** Everything about both administrators, and all roles. */
  const state = async () => ({
    accounts: await Promise.all([admin, other].map(({ id }) => store().users.findById(id))),
    sessions: await Promise.all([admin, other].map(async ({ id }) => store().sessions.listActive(id))),
  });

  for (const { route } of changing.filter(({ route }) => proofs[route] === 'recent authentication')) {
    it(`is refused by ${route} ten minutes after the login, and the try is in the audit log`, async () => {
      const targets = route.includes(':id') ? [admin.id, admin.id.toUpperCase(), other.id] : ['some-role'];
      const before = await state();
      for (const target of targets) {
        const reply = await askStolen(route.replace(/:\w+/, target), bodies[route]?.());
        expect([reply.status, reply.body.code]).to.deep.equal([401, 'insufficient_user_authentication']);
        expect(reply.headers['www-authenticate']).to.equal(
          'Bearer error="insufficient_user_authentication", error_description="A more recent authentication is needed", max_age="600"',
        );
        const row = await rowOf(reply);
        expect(row).to.include({ action: 'authentication.insufficient', actorId: admin.id, ip: '127.0.0.1' });
        expect(row?.targetId).to.equal(route.includes(':id') ? target.toLowerCase() : admin.id);
        expect(row?.detail).to.include({ route });
        expect(row?.outcome).to.equal('refused');
        await until(() => lineOf(reply) !== undefined);
        expect(lineOf(reply)).to.include({
          security: 'step_up_required',
          outcome: 'failure',
          userId: admin.id,
        });
      }
      expect(await state()).to.deep.equal(before);
    });
  }

  const guesses: Record<string, () => object> = {
    'POST /api/v1/auth/reauthenticate': () => ({ password: 'a guess' }),
    [`PATCH ${me}`]: () => ({ email: email(), password: 'a guess' }),
    [`POST ${me}/password`]: () => ({
      current_password: 'a guess',
      new_password: 'my own password, not yours',
    }),
    [`DELETE ${me}`]: () => ({ password: 'a guess' }),
    [`POST ${me}/delete`]: () => ({ password: 'a guess' }),
  };
  for (const { route } of changing.filter(({ route }) => proofs[route] === 'password')) {
    it(`is refused by ${route} without the password, and the try is in the audit log`, async () => {
      const before = await state();
      const withoutPassword = route === `PATCH ${me}` ? [{ email: email() }] : [];
      for (const body of [guesses[route]?.(), ...withoutPassword]) {
        const reply = await askStolen(route, body);
        expect([reply.status, reply.body.code]).to.deep.equal([403, 'wrong_password']);
        const row = await rowOf(reply);
        expect(row).to.include({
          action: 'authentication.failed',
          actorId: admin.id,
          targetId: admin.id,
          ip: '127.0.0.1',
        });
        expect(row?.detail).to.deep.equal({ route });
      }
      expect(await state()).to.deep.equal(before);
    });
  }

  it('still reads: only changes need more', async () => {
    for (const what of [`GET ${users}`, 'GET /api/v1/admin/roles', `GET ${me}`])
      expect((await askStolen(what)).status).to.equal(200);
  });

  it('is no matter of authentication for a user without the role', async () => {
    const user = await ageAuthentication(app, stores(), await logInNewUser(app));
    const reply = await app.ask(`POST ${users}/${admin.id}/disable`, { token: user.access });
    expect([reply.status, reply.body.code]).to.deep.equal([403, 'forbidden']);
  });
});

onOneStore('A recent authentication of an administrator', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  it('does not change the own email without the password, however the own id is written', async () => {
    const admin = await logInNewAdmin(app);
    for (const id of [admin.id, admin.id.toUpperCase()]) {
      const body = { email: newUserFields().email, username: newUserFields().username };
      const reply = await app.ask(`PATCH ${users}/${id}`, { token: admin.access, body });
      expect([reply.status, reply.body.code]).to.deep.equal([403, 'wrong_password']);
    }
    const { body } = await app.ask(`GET ${me}`, { token: admin.access });
    expect(body.data).to.include({ email: admin.email, username: admin.username });
    const { items } = await createStore(stores().database).auditLog.listForUser({
      userId: admin.id,
      limit: 9,
    });
    expect(items.map(({ action }) => action)).to.deep.equal([
      'authentication.failed',
      'authentication.failed',
    ]);
  });

  it('changes the own username and the email of others', async () => {
    const [admin, other] = await Promise.all([logInNewAdmin(app), logInNewUser(app)]);
    const { email, username } = newUserFields();
    const patch = (id: string, body: object) =>
      app.ask(`PATCH ${users}/${id}`, { token: admin.access, body });
    expect((await patch(admin.id, { username })).body.data.username).to.equal(username);
    expect((await patch(other.id, { email })).body.data.email).to.equal(email);
  });
});
