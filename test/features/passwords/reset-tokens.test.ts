import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { type Interleaving, withInterleaving } from '../../support/interleaving.ts';
import { onOneStore } from '../../support/stores.ts';
import { type LoggedInUser, logIn, logInNewAdmin, logInNewUser, newUserFields } from '../../support/users.ts';

onOneStore('A reset token', (stores) => {
  let app: TestApp;
  let interleaving: Interleaving;
  let admin: LoggedInUser;

  before(async () => {
    const woven = withInterleaving(stores());
    interleaving = woven.interleaving;
    app = await startApp(woven.stores);
    admin = await logInNewAdmin(app);
  });
  after(() => app.close());

  const users = '/api/v1/admin/users';
  const me = '/api/v1/users/me';
  const byAdmin = async (what: string, body?: unknown): Promise<void> => {
    const { status } = await app.ask(what, { token: admin.access, ...(body !== undefined && { body }) });
    expect([what, status]).to.satisfy(() => status === 200 || status === 204);
  };
  const by = async ({ access }: LoggedInUser, what: string, body?: unknown): Promise<void> => {
    const { status } = await app.ask(what, { token: access, ...(body !== undefined && { body }) });
    expect([what, status]).to.satisfy(() => status === 200 || status === 204);
  };
  const issue = async ({ id }: LoggedInUser): Promise<string> =>
    (await app.ask(`POST ${users}/${id}/reset-token`, { token: admin.access })).body.data.token;
  const reset = (token: string, password = newUserFields().password) =>
    app.ask('POST /api/v1/auth/password/reset', { body: { token, password } });

  const endings: Record<string, (user: LoggedInUser) => Promise<void>> = {
    'the user changed the email': (user) =>
      by(user, `PATCH ${me}`, { email: newUserFields().email, password: user.password }),
    'an administrator changed the email': (user) =>
      byAdmin(`PATCH ${users}/${user.id}`, { email: newUserFields().email }),
    'the user logged out everywhere': (user) => by(user, 'POST /api/v1/auth/logout-all'),
    'an administrator ended all sessions': (user) => byAdmin(`DELETE ${users}/${user.id}/sessions`),
    'an administrator disabled and enabled the account': async (user) => {
      await byAdmin(`POST ${users}/${user.id}/disable`);
      await byAdmin(`POST ${users}/${user.id}/enable`);
    },
    'an administrator deleted the account': (user) => byAdmin(`DELETE ${users}/${user.id}`),
    'the user deleted the account': (user) => by(user, `DELETE ${me}`, { password: user.password }),
    'the user changed the password': (user) =>
      by(user, `POST ${me}/password`, {
        current_password: user.password,
        new_password: newUserFields().password,
      }),
    'another token was issued': async (user) => void (await issue(user)),
  };

  for (const [what, end] of Object.entries(endings)) {
    it(`is void after ${what}`, async () => {
      const user = await logInNewUser(app);
      const token = await issue(user);
      await end(user);
      // Not only the answer counts: the row must be gone before the account is enabled or its email is free again.
      const hash = createHash('sha256').update(token).digest();
      expect(await createStore(app.stores.database).passwordResets.find(hash)).to.equal(null);
      const { status, body } = await reset(token);
      expect([status, body.code]).to.deep.equal([401, 'invalid_reset_token']);
    });
  }

  for (const what of [
    'the user changed the email',
    'the user logged out everywhere',
    'an administrator disabled and enabled the account',
    'an administrator deleted the account',
  ]) {
    it(`is void if, while it is redeemed, ${what}`, async () => {
      const user = await logInNewUser(app);
      const token = await issue(user);
      interleaving.after('password_resets/find', async () => endings[what]?.(user));
      const { status, body } = await reset(token);
      expect([status, body.code]).to.deep.equal([401, 'invalid_reset_token']);
    });
  }

  it('stays valid after a change of the username, and when the change of the email was refused', async () => {
    const user = await logInNewUser(app);
    const token = await issue(user);
    await by(user, `PATCH ${me}`, { username: newUserFields().username });
    const body = { email: admin.email, password: user.password };
    expect((await app.ask(`PATCH ${me}`, { token: user.access, body })).status).to.equal(409);
    expect((await reset(token)).status).to.equal(200);
  });

  it('cannot be the password that it sets, nor a part of it', async () => {
    const user = await logInNewUser(app);
    const token = await issue(user);
    for (const password of [token, `${token}1`, `my ${token}`, token.toLowerCase(), token.toUpperCase()]) {
      const { status, body } = await reset(token, password);
      expect([status, body.errors]).to.deep.equal([
        422,
        [{ path: 'password', message: 'must not contain a reset token' }],
      ]);
    }
    const next = newUserFields().password;
    expect((await reset(token, next)).status).to.equal(200);
    await logIn(app, { ...user, password: next });
  });

  it('cannot become the password through a change of the password', async () => {
    const user = await logInNewUser(app);
    const token = await issue(user);
    const body = { current_password: user.password, new_password: token };
    const reply = await app.ask(`POST ${me}/password`, { token: user.access, body });
    expect([reply.status, reply.body.errors]).to.deep.equal([
      422,
      [{ path: 'new_password', message: 'must not contain a reset token' }],
    ]);
    await logIn(app, user);
  });

  it('is no password: neither a login nor a confirmation accepts it', async () => {
    const user = await logInNewUser(app);
    const token = await issue(user);
    const login = await app.ask('POST /api/v1/auth/login', { body: { email: user.email, password: token } });
    expect([login.status, login.body.code]).to.deep.equal([401, 'invalid_credentials']);
    const deletion = await app.ask(`DELETE ${me}`, { token: user.access, body: { password: token } });
    expect([deletion.status, deletion.body.code]).to.deep.equal([403, 'wrong_password']);
  });

  it('is redeemed beside changes of the account without a deadlock', async () => {
    const user = await logInNewUser(app);
    const token = await issue(user);
    const answers = await Promise.all([
      reset(token),
      ...Array.from({ length: 8 }, () => app.ask(`POST ${users}/${user.id}/enable`, { token: admin.access })),
      app.ask(`POST ${users}/${user.id}/disable`, { token: admin.access }),
    ]);
    const [redeemed, ...changes] = answers.map(({ status }) => status);
    expect(redeemed).to.be.oneOf([200, 401]);
    expect(new Set(changes)).to.deep.equal(new Set([204]));
  });
});
