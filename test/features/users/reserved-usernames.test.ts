import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { logIn, logInNewAdmin, logInNewUser, newUserFields } from '../../support/users.ts';

onOneStore('A reserved username', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  const register = (username: string) =>
    app.ask('POST /api/v1/auth/register', { body: { ...newUserFields(), username } });
  const rename = (username: string, token: string) =>
    app.ask('PATCH /api/v1/users/me', { token, body: { username } });

  const names = [
    ...[
      'admin',
      'administrator',
      'root',
      'support',
      'security',
      'postmaster',
      'abuse',
      'system',
      'webmaster',
    ],
    ...[
      'hostmaster',
      'noreply',
      'null',
      'undefined',
      '__proto__',
      'constructor',
      'prototype',
      'hasOwnProperty',
    ],
    ...['toString', 'valueOf', '__defineGetter__', '__lookupSetter__'],
    ...[
      'Admin',
      'ADMIN',
      'aDmIn',
      'ad-min',
      'ad.min',
      '_admin_',
      '.admin',
      'a.d-m_i.n',
      'Ad--min',
      'no-reply',
    ],
    ...['adm1n', '4dmin', 'r00t', 'R00T', 'supp0rt', '5upport', 'sy5t3m', '__Proto__', 'proto', 'admln'],
  ];

  it('cannot be registered, in any spelling', async () => {
    for (const name of names) {
      const { status, body } = await register(name);
      expect([name, status, body.code]).to.deep.equal([name, 422, 'username_reserved']);
      expect(body.errors).to.deep.equal([{ path: 'username', message: 'is reserved; choose another' }]);
    }
  });

  it('cannot be taken by a change of the username, alone or with the email', async () => {
    const user = await logInNewUser(app);
    for (const name of names) {
      const { status, body } = await rename(name, user.access);
      expect([name, status, body.code]).to.deep.equal([name, 422, 'username_reserved']);
    }
    const body = { username: 'root', email: newUserFields().email, password: user.password };
    const both = await app.ask('PATCH /api/v1/users/me', { token: user.access, body });
    expect([both.status, both.body.code]).to.deep.equal([422, 'username_reserved']);
    expect((await app.ask('GET /api/v1/users/me', { token: user.access })).body.data).to.include({
      email: user.email,
      username: user.username,
    });
  });

  it('cannot be taken by an administrator for themselves through their own account', async () => {
    const admin = await logInNewAdmin(app);
    expect((await rename('support', admin.access)).body.code).to.equal('username_reserved');
  });

  it('can be assigned by an administrator, and stays with the account', async () => {
    const admin = await logInNewAdmin(app);
    const user = await logInNewUser(app);
    // Both stores keep their rows for other suites, so the name is released again.
    const path = `PATCH /api/v1/admin/users/${user.id}`;
    const assigned = await app.ask(path, { token: admin.access, body: { username: 'Helpdesk' } });
    expect([assigned.status, assigned.body.data?.username]).to.deep.equal([200, 'Helpdesk']);
    const { access } = await logIn(app, user);
    expect((await rename('helpdesk', access)).status).to.equal(200);
    const { email } = newUserFields();
    const body = { username: 'helpdesk', email, password: user.password };
    expect((await app.ask('PATCH /api/v1/users/me', { token: access, body })).status).to.equal(200);
    expect((await rename('help-desk', access)).body.code).to.equal('username_reserved');
    expect((await rename(newUserFields().username, access)).status).to.equal(200);
    expect((await rename('helpdesk', access)).body.code).to.equal('username_reserved');
  });

  it('is no part of a name: longer names that contain one are free', async () => {
    const { username } = newUserFields();
    for (const name of [`admin-${username}`, `${username}.support`, `root${username.slice(0, 8)}`]) {
      expect([name, (await register(name)).status]).to.deep.equal([name, 201]);
    }
  });
});
