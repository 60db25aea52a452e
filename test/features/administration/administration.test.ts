import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import {
  isAccepted,
  type LoggedInUser,
  logIn,
  logInNewAdmin,
  logInNewUser,
  newUserFields,
  registerUser,
} from '../../support/users.ts';

onOneStore('Administration of users', (stores) => {
  let app: TestApp;
  let admin: LoggedInUser;
  before(async () => {
    app = await startApp(stores());
    admin = await logInNewAdmin(app);
  });
  after(() => app.close());

  const users = '/api/v1/admin/users';
  const act = (what: string, body?: unknown) =>
    app.ask(what, { token: admin.access, ...(body !== undefined && { body }) });
  const missing = '00000000-0000-4000-8000-000000000000';

  it('is for administrators only, on every endpoint', async () => {
    const { access, id } = await logInNewUser(app);
    const calls = [
      `GET ${users}`,
      `GET ${users}/${id}`,
      `POST ${users}/${id}/disable`,
      `DELETE ${users}/${id}`,
      'GET /api/v1/admin/roles',
      'GET /api/v1/admin/login-histories',
    ];
    for (const call of calls) {
      const reply = await app.ask(call, { token: access });
      expect([call, reply.status, reply.body.code]).to.deep.equal([call, 403, 'forbidden']);
    }
  });

  it('answers 404 for a user who does not exist, and audits nothing', async () => {
    for (const call of [
      `GET ${users}/${missing}`,
      `POST ${users}/${missing}/disable`,
      `DELETE ${users}/nonsense`,
    ]) {
      expect((await act(call)).status).to.equal(404);
    }
  });

  it('pages through all users without skipping or repeating one', async () => {
    const recent = await Promise.all(Array.from({ length: 5 }, () => registerUser(app)));
    const ids: string[] = [];
    let cursor = '';
    // Only the newest: other suites have registered any number of users.
    const isMissing = ({ id }: { id: string }) => !ids.includes(id);
    do {
      const { body } = await act(`GET ${users}?limit=3${cursor}`);
      ids.push(...body.data.map((user: { id: string }) => user.id));
      cursor = body.meta.next_cursor ? `&cursor=${body.meta.next_cursor}` : '';
    } while (cursor && [...recent, admin].some(isMissing));
    expect(new Set(ids).size).to.equal(ids.length);
    expect(ids).to.include.members([...recent, admin].map(({ id }) => id));
  });

  it('still finds users by a prefix of email or username in the query', async () => {
    const { username } = await registerUser(app);
    for (const field of ['email', 'username']) {
      const { body } = await act(`GET ${users}?limit=2&${field}=${username.toUpperCase()}`);
      expect(body.data.map((user: { username: string }) => user.username)).to.deep.equal([username]);
    }
    expect((await act(`GET ${users}?email=a&username=b`)).status).to.equal(422);
    expect((await act(`GET ${users}?email=%25`)).body.data).to.deep.equal([]);
  });

  it('disables and enables: sessions end at once and the password stops working meanwhile', async () => {
    const user = await logInNewUser(app);
    expect((await act(`POST ${users}/${user.id}/disable`)).status).to.equal(204);
    expect(await isAccepted(app, user.access)).to.equal(false);
    expect((await act(`GET ${users}/${user.id}`)).body.data.status).to.equal('disabled');
    const { email, password } = user;
    expect((await app.ask('POST /api/v1/auth/login', { body: { email, password } })).status).to.equal(401);
    expect((await act(`POST ${users}/${user.id}/enable`)).status).to.equal(204);
    await logIn(app, user);
  });

  it('gives and takes roles, effective at once whatever the token claims', async () => {
    const user = await logInNewUser(app);
    expect((await app.ask(`GET ${users}`, { token: user.access })).status).to.equal(403);
    const granted = await act(`PUT ${users}/${user.id}/roles`, { roles: ['user', 'admin'] });
    expect(granted.body.data.roles).to.deep.equal(['admin', 'user']);
    expect((await app.ask(`GET ${users}`, { token: user.access })).status).to.equal(200);
    const claiming = await logIn(app, user);
    await act(`PUT ${users}/${user.id}/roles`, { roles: ['user'] });
    expect((await app.ask(`GET ${users}`, { token: claiming.access })).status).to.equal(403);
    const unknown = await act(`PUT ${users}/${user.id}/roles`, { roles: ['no-such-role'] });
    expect([unknown.status, unknown.body.code]).to.deep.equal([404, 'role_not_found']);
  });

  it('changes email and username, refusing what is taken', async () => {
    const user = await logInNewUser(app);
    const { email, username } = newUserFields();
    const changed = await act(`PATCH ${users}/${user.id}`, { email, username });
    expect([changed.body.data.email, changed.body.data.username]).to.deep.equal([email, username]);
    expect((await act(`PATCH ${users}/${user.id}`, { email: admin.email })).status).to.equal(409);
  });

  it('ends all sessions of a user', async () => {
    const user = await logInNewUser(app);
    expect((await act(`DELETE ${users}/${user.id}/sessions`)).status).to.equal(204);
    expect(await isAccepted(app, user.access)).to.equal(false);
  });

  it('deletes softly: the user is gone, email and username are free', async () => {
    const user = await logInNewUser(app);
    expect((await act(`DELETE ${users}/${user.id}`)).status).to.equal(204);
    expect(await isAccepted(app, user.access)).to.equal(false);
    expect((await act(`GET ${users}/${user.id}`)).status).to.equal(404);
    const { email, username, password } = user;
    expect(
      (await app.ask('POST /api/v1/auth/register', { body: { email, username, password } })).status,
    ).to.equal(201);
  });

  it('hands out a reset token that works once and ends all sessions', async () => {
    const user = await logInNewUser(app);
    const issued = await act(`POST ${users}/${user.id}/reset-token`);
    expect(issued.status).to.equal(201);
    const reset = (password: string, token = issued.body.data.token) =>
      app.ask('POST /api/v1/auth/password/reset', { body: { token, password } });
    expect((await reset('password123')).body.code).to.equal('password_too_common');
    expect((await reset('a-new-good-one', 'x')).body.code).to.equal('invalid_reset_token');
    expect((await reset('a-new-good-one')).status).to.equal(200);
    expect(await isAccepted(app, user.access)).to.equal(false);
    expect((await reset('another-good-one')).body.code).to.equal('invalid_reset_token');
    await logIn(app, { ...user, password: 'a-new-good-one' });
  });

  it('voids a reset token once the user has set a new password', async () => {
    const user = await logInNewUser(app);
    const { token } = (await act(`POST ${users}/${user.id}/reset-token`)).body.data;
    const passwords = { current_password: user.password, new_password: `new ${user.password}` };
    await app.ask('POST /api/v1/users/me/password', { token: user.access, body: passwords });
    const body = { token, password: 'whoever found the token' };
    expect((await app.ask('POST /api/v1/auth/password/reset', { body })).status).to.equal(401);
    await logIn(app, { ...user, password: passwords.new_password });
  });

  it('leaves a row in the audit log for every action, without secrets', async () => {
    const user = await logInNewUser(app);
    const calls = ['disable', 'enable', 'unlock', 'reset-token'].map(
      (name) => `POST ${users}/${user.id}/${name}`,
    );
    for (const call of [...calls, `DELETE ${users}/${user.id}/sessions`]) await act(call);
    await act(`PUT ${users}/${user.id}/roles`, { roles: [] });
    const again = await logIn(app, user);
    const { body } = await app.ask('GET /api/v1/users/me/export', { token: again.access });
    const actions = body.data.audit_log.map((entry: { action: string }) => entry.action);
    expect(actions).to.have.members([
      'user.disable',
      'user.enable',
      'user.unlock',
      'user.reset_token',
      'user.end_sessions',
      'user.roles',
    ]);
  });

  it('lists login attempts of everybody', async () => {
    const user = await logInNewUser(app);
    const { body } = await act('GET /api/v1/admin/login-histories?limit=5');
    expect(body.data[0].user_id).to.equal(user.id);
  });
});
