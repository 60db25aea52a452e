import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { isAccepted, logIn, logInNewUser, newUserFields, registerUser } from '../../support/users.ts';

onOneStore('My account', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  const me = '/api/v1/users/me';
  const login = (email: string, password: string) =>
    app.ask('POST /api/v1/auth/login', { body: { email, password } });

  it('GET answers id, email, username, roles and created_at, and nothing else', async () => {
    const user = await logInNewUser(app);
    const { status, body } = await app.ask(`GET ${me}`, { token: user.access });
    expect(status).to.equal(200);
    expect(Object.keys(body.data)).to.have.members(['id', 'email', 'username', 'roles', 'created_at']);
    expect(body.data.email).to.equal(user.email);
  });

  it('HEAD answers what GET does, without a body', async () => {
    const user = await logInNewUser(app);
    const reply = await app.ask(`HEAD ${me}`, { token: user.access });
    expect([reply.status, reply.text]).to.deep.equal([200, '']);
  });

  it('PATCH changes the username without a password, visible at once', async () => {
    const user = await logInNewUser(app);
    const username = newUserFields().username;
    const reply = await app.ask(`PATCH ${me}`, { token: user.access, body: { username } });
    expect([reply.status, reply.body.data.username]).to.deep.equal([200, username]);
    expect((await app.ask(`GET ${me}`, { token: user.access })).body.data.username).to.equal(username);
  });

  it('PATCH changes the email only with the right password', async () => {
    const user = await logInNewUser(app);
    const email = newUserFields().email;
    for (const body of [{ email }, { email, password: 'not the password' }]) {
      const reply = await app.ask(`PATCH ${me}`, { token: user.access, body });
      expect([reply.status, reply.body.code]).to.deep.equal([403, 'wrong_password']);
    }
    const reply = await app.ask(`PATCH ${me}`, {
      token: user.access,
      body: { email, password: user.password },
    });
    expect([reply.status, reply.body.data.email]).to.deep.equal([200, email]);
    expect((await login(user.email, user.password)).status).to.equal(401);
    expect((await login(email, user.password)).status).to.equal(200);
  });

  it('PATCH refuses what somebody else has, an empty change and unknown fields', async () => {
    const user = await logInNewUser(app);
    const other = await registerUser(app);
    const cases: [object, number, string][] = [
      [{ username: other.username.toUpperCase() }, 409, 'username_taken'],
      [{ email: other.email, password: user.password }, 409, 'email_taken'],
      [{}, 422, 'validation_failed'],
      [{ roles: ['admin'] }, 422, 'validation_failed'],
    ];
    for (const [body, status, code] of cases) {
      const reply = await app.ask(`PATCH ${me}`, { token: user.access, body });
      expect([reply.status, reply.body.code]).to.deep.equal([status, code]);
    }
  });

  // Some load balancers refuse a DELETE with a body.
  for (const route of [`DELETE ${me}`, `POST ${me}/delete`]) {
    it(`${route} needs the password, ends all sessions and frees email and username`, async () => {
      const user = await logInNewUser(app);
      const second = await logIn(app, user);
      const remove = (body: object) => app.ask(route, { token: user.access, body });
      expect((await app.ask(route, { body: { password: user.password } })).status).to.equal(401);
      expect((await remove({ password: 'not the password' })).status).to.equal(403);
      expect((await remove({})).status).to.equal(422);
      const reply = await remove({ password: user.password });
      expect(reply.status).to.equal(204);
      expect(await isAccepted(app, user.access)).to.equal(false);
      expect(await isAccepted(app, second.access)).to.equal(false);
      expect((await login(user.email, user.password)).status).to.equal(401);
      const { email, username, password } = user;
      const again = await app.ask('POST /api/v1/auth/register', { body: { email, username, password } });
      expect(again.status).to.equal(201);
      expect(again.body.data.id).not.to.equal(user.id);
    });
  }

  it('POST password changes it, keeps this session and ends all others', async () => {
    const user = await logInNewUser(app);
    const second = await logIn(app, user);
    const change = (current_password: string, new_password: string) =>
      app.ask(`POST ${me}/password`, { token: user.access, body: { current_password, new_password } });
    expect((await change('not the password', 'another-good-one')).status).to.equal(403);
    expect((await change(user.password, 'password123')).body.code).to.equal('password_too_common');
    expect((await change(user.password, 'another-good-one')).status).to.equal(200);
    expect(await isAccepted(app, user.access)).to.equal(true);
    expect(await isAccepted(app, second.access)).to.equal(false);
    expect((await login(user.email, user.password)).status).to.equal(401);
    expect((await login(user.email, 'another-good-one')).status).to.equal(200);
  });

  it('GET login-history pages through successes and failures, newest first, of nobody else', async () => {
    const user = await logInNewUser(app);
    await login(user.email, 'not the password');
    await login(user.email, user.password);
    await logInNewUser(app);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await app.ask(`GET ${me}/login-history?limit=2${cursor}`, { token: user.access });
      expect(body.data.length).to.be.within(1, 2);
      seen.push(...body.data.map((entry: { outcome: string }) => entry.outcome));
      cursor = body.meta.next_cursor ? `&cursor=${body.meta.next_cursor}` : '';
    } while (cursor);
    expect(seen).to.deep.equal(['success', 'failure', 'success']);
  });

  it('GET login-history refuses a bad limit, a bad cursor and an unknown parameter', async () => {
    const { access } = await logInNewUser(app);
    for (const query of [
      'limit=0',
      'limit=1000',
      'limit=x',
      'cursor=!!',
      'cursor=bnVsbA',
      'offset=5',
      'limit=1&limit=2',
    ]) {
      expect((await app.ask(`GET ${me}/login-history?${query}`, { token: access })).status).to.equal(422);
    }
  });

  it('GET login-history refuses a cursor that Postgres could not read', async () => {
    const { access } = await logInNewUser(app);
    for (const occurredAt of ['0000-01-01T00:00:00Z', '2016-12-31T23:59:60Z', '+010000-01-01T00:00:00Z']) {
      const keyset = JSON.stringify({ occurredAt, id: '00000000-0000-4000-8000-000000000000' });
      const cursor = Buffer.from(keyset).toString('base64url');
      const reply = await app.ask(`GET ${me}/login-history?cursor=${cursor}`, { token: access });
      expect([reply.status, reply.body.errors?.[0].path]).to.deep.equal([422, 'cursor']);
    }
  });

  it('GET export holds everything about me and no hash or key', async () => {
    const first = await logInNewUser(app);
    await app.ask('POST /api/v1/auth/logout', { token: first.access });
    const user = await logIn(app, first);
    const { status, body, text, headers } = await app.ask(`GET ${me}/export`, { token: user.access });
    expect(status).to.equal(200);
    expect(headers['content-disposition']).to.contain('attachment');
    expect(body.data.user.email).to.equal(user.email);
    expect(body.data.sessions).to.have.length(2);
    expect(body.data.sessions.map(({ end_cause }: { end_cause: string }) => end_cause)).to.have.members([
      null,
      'logout',
    ]);
    expect(body.data.login_history).to.have.length(2);
    expect(text).not.to.match(/argon2|hash|mac_key/);
  });
});
