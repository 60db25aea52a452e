import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import {
  logInNewAdmin,
  logInNewUser,
  newUserFields,
  registerUser,
  sessionIdOf,
} from '../../support/users.ts';

onOneStore('security events in the log', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  /** The line of the last request, once its answer is through on this side too. */
  async function lastLine(requestId: string): Promise<Record<string, unknown> | undefined> {
    const find = () =>
      app.logged().find((entry) => entry.requestId === requestId && entry.event === 'request');
    await until(() => find() !== undefined);
    return find();
  }

  async function eventOf(what: string, ask: Parameters<TestApp['ask']>[1] = {}) {
    const reply = await app.ask(what, ask);
    return lastLine(String(reply.headers['x-request-id']));
  }

  it('name registrations, logins and their failures', async () => {
    const user = newUserFields();
    const made = await eventOf('POST /api/v1/auth/register', { body: user });
    expect(made).to.include({ security: 'registration', outcome: 'success' });
    const again = await eventOf('POST /api/v1/auth/register', { body: user });
    expect(again).to.include({ security: 'registration', outcome: 'failure', code: 'email_taken' });
    const body = { email: user.email, password: 'Wr0ng-password-1' };
    const failed = await eventOf('POST /api/v1/auth/login', { body });
    expect(failed).to.include({ security: 'login', outcome: 'failure' });
  });

  it('name what a user does to an account, with the user', async () => {
    const { access: token, password, id } = await logInNewUser(app);
    const body = { current_password: password, new_password: `${password}-new` };
    const changed = await eventOf('POST /api/v1/users/me/password', { token, body });
    expect(changed).to.include({ security: 'password_change', outcome: 'success', userId: id });
    const out = await eventOf('POST /api/v1/auth/logout', { token });
    expect(out).to.include({ security: 'logout', outcome: 'success' });
  });

  it('name tokens that are refused, doors that stay shut and input that is turned away', async () => {
    expect(await eventOf('GET /api/v1/users/me', { token: 'a.b.c' })).to.include({
      security: 'token_refused',
    });
    const { access: token } = await logInNewUser(app);
    expect(await eventOf('GET /api/v1/admin/users', { token })).to.include({ security: 'access_denied' });
    const input = await eventOf('POST /api/v1/auth/login', { body: { email: 1 } });
    expect(input).to.include({ security: 'input_refused', outcome: 'failure' });
  });

  it('name what administrators change, and not what anybody reads', async () => {
    const admin = await logInNewAdmin(app);
    const { id } = await registerUser(app);
    const disabled = await eventOf(`POST /api/v1/admin/users/${id}/disable`, { token: admin.access });
    expect(disabled).to.include({ security: 'administration', outcome: 'success', userId: admin.id });
    expect(await eventOf('GET /api/v1/users/me', { token: admin.access })).to.not.have.property('security');
  });

  it('name the user and the session of a refresh, whether it succeeds or not', async () => {
    const { id: userId, access, refresh } = await logInNewUser(app);
    const refreshed = (refresh_token: string) =>
      eventOf('POST /api/v1/auth/refresh', { body: { refresh_token } });
    const subject = { security: 'token_refresh', userId, sessionId: sessionIdOf(access) };
    expect(await refreshed(refresh)).to.include({ ...subject, outcome: 'success' });
    const repeated = await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: refresh } });
    await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: repeated.body.data.refresh_token } });
    for (const of of ['a reused token', 'a token of a session that has ended']) {
      expect(await refreshed(refresh), of).to.include({ ...subject, outcome: 'failure', status: 401 });
    }
  });

  it('name nobody for a refresh token with an invalid tag', async () => {
    const { refresh } = await logInNewUser(app);
    const forged = Buffer.from(refresh, 'base64url');
    forged.writeUInt32BE(9, 16);
    const body = { refresh_token: forged.toString('base64url') };
    const line = await eventOf('POST /api/v1/auth/refresh', { body });
    expect(line).to.include({ security: 'token_refresh', outcome: 'failure' });
    expect(line).to.not.have.any.keys('userId', 'sessionId');
  });

  it('tell of a stolen refresh token, with the session and the user', async () => {
    const user = await logInNewUser(app);
    let token = user.refresh;
    for (let n = 0; n < 2; n += 1) {
      const reply = await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: token } });
      token = reply.body.data.refresh_token;
    }
    await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: user.refresh } });
    const line = app.logged().find(({ event, userId }) => event === 'refresh_reuse' && userId === user.id);
    expect(line).to.include({ cause: 'reuse_old', level: 'warn' }).and.to.have.property('sessionId');
  });

  it('hold no email address and no password', async () => {
    const user = await logInNewUser(app);
    const text = JSON.stringify(app.logged());
    expect(text).not.to.contain(user.email).and.not.to.contain(user.password);
    expect(text).not.to.contain(user.refresh);
  });
});
