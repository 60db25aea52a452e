import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { type LoggedInUser, logInNewAdmin, logInNewUser, newUserFields } from '../../support/users.ts';

onOneStore('POST /admin/users/search', (stores) => {
  let app: TestApp;
  let admin: LoggedInUser;
  let prefix: string;
  before(async () => {
    app = await startApp(stores());
    admin = await logInNewAdmin(app);
    prefix = newUserFields().username;
    for (const suffix of ['a', 'b', 'c']) {
      const username = `${prefix}${suffix}`;
      await app.ask('POST /api/v1/auth/register', {
        body: { ...newUserFields(), username, email: `${username}@example.com` },
      });
    }
  });
  after(() => app.close());

  const search = (body: object, token = admin.access) =>
    app.ask('POST /api/v1/admin/users/search', { token, body });
  const names = (data: { username: string }[]) => data.map(({ username }) => username);

  it('finds users by a prefix of email or username in any case, page by page', async () => {
    for (const field of ['email', 'username']) {
      const first = await search({ [field]: prefix.toUpperCase(), limit: 2 });
      const second = await search({ [field]: prefix, limit: 2, cursor: first.body.meta.next_cursor });
      expect([...names(first.body.data), ...names(second.body.data)]).to.deep.equal([
        `${prefix}a`,
        `${prefix}b`,
        `${prefix}c`,
      ]);
      expect(second.body.meta.next_cursor).to.equal(null);
    }
    expect((await search({ email: '%' })).body.data).to.deep.equal([]);
  });

  it('finds an international domain by its letters and by its A-labels, and a username in full width', async () => {
    const user = newUserFields();
    const email = `${user.username}@xn--bcher-kva.example`;
    await app.ask('POST /api/v1/auth/register', { body: { ...user, email } });
    const wide = user.username.replaceAll(/[a-z0-9]/g, (sign) =>
      String.fromCharCode(sign.charCodeAt(0) + 0xfee0),
    );
    expect(names((await search({ username: ` ${wide}` })).body.data)).to.deep.equal([user.username]);
    for (const domain of ['BÜCHER', 'bücher.example', 'XN--BCHER-KVA.ex']) {
      const found = (await search({ email: ` ${user.username}@${domain}` })).body.data;
      expect(found.map((each: { email: string }) => each.email)).to.deep.equal([email]);
    }
  });

  it('refuses a search by nothing, by two fields, by an unknown field, and with a bad limit', async () => {
    const bad = [
      {},
      { limit: 5 },
      { email: '', limit: 5 },
      { email: 'a', username: 'b' },
      { email: 'a', name: 'b' },
      { email: ['a'] },
      { email: 'a', limit: 0 },
      { email: 'a', limit: 101 },
      { email: 'a', limit: '5' },
      { email: 'a', cursor: 'x' },
    ];
    for (const body of bad) {
      const { status } = await search(body);
      expect([body, status]).to.deep.equal([body, 422]);
    }
  });

  it('is for administrators only', async () => {
    const { access } = await logInNewUser(app);
    expect((await search({ email: 'a' }, access)).status).to.equal(403);
    expect((await app.ask('POST /api/v1/admin/users/search', { body: { email: 'a' } })).status).to.equal(401);
  });

  it('leaves what was searched out of the log, and so does the deprecated GET', async () => {
    const email = `${prefix}secret@example.com`;
    await search({ email });
    await app.ask(`GET /api/v1/admin/users?email=${email}`, { token: admin.access });
    await app.ask(`GET /api/v1/admin/users?email=${email}&email=${email}`, { token: admin.access });
    await app.ask(`GET /nowhere?email=${email}`, { token: admin.access });
    const log = JSON.stringify(app.logged());
    expect(log).to.contain('/api/v1/admin/users/search').and.not.to.contain(`${prefix}secret`);
  });

  it('marks the search in the query as deprecated, and still answers it', async () => {
    const { body } = await app.ask('GET /api/v1/openapi.json');
    const { parameters } = body.paths['/api/v1/admin/users'].get;
    const deprecated = parameters.filter((each: { deprecated?: boolean }) => each.deprecated);
    expect(deprecated.map(({ name }: { name: string }) => name)).to.deep.equal(['email', 'username']);
    const found = await app.ask(`GET /api/v1/admin/users?email=${prefix}`, { token: admin.access });
    expect(names(found.body.data)).to.have.lengthOf(3);
  });
});
