import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { type LoggedInUser, logInNewAdmin, logInNewUser, newUserFields } from '../../support/users.ts';

onOneStore('Usernames of every script', (stores) => {
  let app: TestApp;
  let user: LoggedInUser;
  let admin: LoggedInUser;
  before(async () => {
    app = await startApp(stores());
    [user, admin] = [await logInNewUser(app), await logInNewAdmin(app)];
  });
  after(() => app.close());

  const register = (username: string) =>
    app.ask('POST /api/v1/auth/register', { body: { ...newUserFields(), username } });
  const rename = (username: string, { access: token }: LoggedInUser = user) =>
    app.ask('PATCH /api/v1/users/me', { token, body: { username } });
  const assign = (username: string) =>
    app.ask(`PATCH /api/v1/admin/users/${user.id}`, { token: admin.access, body: { username } });
  const search = async (username: string): Promise<string[]> => {
    const body = { username };
    const reply = await app.ask('POST /api/v1/admin/users/search', { token: admin.access, body });
    return reply.body.data.map((found: { username: string }) => found.username);
  };

  it('are registered, shown as they were sent, and found by their beginning', async () => {
    const reply = await register('张伟');
    expect([reply.status, reply.body.data?.username]).to.deep.equal([201, '张伟']);
    expect(await search('张')).to.deep.equal(['张伟']);
    for (const name of ['Müller', 'Ольга', 'שלום', 'สมชาย', 'محمد', '김철수', 'たろう2', 'İsmail']) {
      const changed = await rename(name);
      expect([name, changed.status, changed.body.data?.username]).to.deep.equal([name, 200, name]);
      const me = await app.ask('GET /api/v1/users/me', { token: user.access });
      expect(me.body.data.username).to.equal(name);
      for (const beginning of [name.slice(0, 2), name.toUpperCase(), name.normalize('NFD')]) {
        expect([beginning, await search(beginning)]).to.deep.equal([beginning, [name]]);
      }
    }
  });

  it('are refused with the reason, wherever they enter', async () => {
    const reasons: readonly [string, string][] = [
      ['раypal', 'must have letters of one script, because letters of others look like them'],
      ['pay\u200bpal', 'must not have invisible characters'],
      ['abc\u202ecba', 'must not have invisible characters'],
      ['😀😀😀', 'must have only letters and digits of languages in use, dots, hyphens and underscores'],
      ['\u0301\u0301\u0301', 'must have combining marks only after letters'],
    ];
    for (const [name, message] of reasons) {
      for (const send of [register, rename, assign]) {
        const { status, body } = await send(name);
        expect([status, body.code]).to.deep.equal([422, 'validation_failed']);
        expect(body.errors).to.deep.equal([{ path: 'username', message }]);
      }
    }
  });

  it('are taken for look-alikes, with the same answer as for the name itself', async () => {
    const owner = await logInNewUser(app);
    const name = `Mike${owner.username}`;
    expect((await rename(name, owner)).status).to.equal(200);
    const withoutId = ({ status, body }: Awaited<ReturnType<typeof rename>>) => ({
      ...{ status, ...body, request_id: null },
    });
    const expected = withoutId(await rename(name.toUpperCase()));
    expect(expected).to.include({ status: 409, code: 'username_taken' });
    const dotless = name.replace('Mi', 'Mı');
    expect(withoutId(await register(dotless))).to.deep.equal(expected);
    for (const other of [dotless, name.replace('Mi', 'mİ'), name.replace('Mi', 'rnl')]) {
      for (const send of [rename, assign]) {
        expect([other, withoutId(await send(other))]).to.deep.equal([other, expected]);
      }
    }
    expect((await rename(dotless, owner)).status).to.equal(200);
  });

  it('are one account in NFC and NFD', async () => {
    const { username } = newUserFields();
    expect((await rename(`${username}é`)).status).to.equal(200);
    const again = await rename(`${username}e\u0301`, admin);
    expect([again.status, again.body.code]).to.deep.equal([409, 'username_taken']);
  });

  it('are reserved if they look like a reserved name', async () => {
    for (const name of ['admın', 'ADMİN', 'ѕаӏеѕ', 'ｓｕｐｐｏｒｔ', 'adrnin']) {
      const { status, body } = await register(name);
      expect([name, status, body.code]).to.deep.equal([name, 422, 'username_reserved']);
    }
  });
});
