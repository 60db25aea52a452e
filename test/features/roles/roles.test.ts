import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { type LoggedInUser, logInNewAdmin, logInNewUser, newUserFields } from '../../support/users.ts';

onOneStore('Administration of roles', (stores) => {
  let app: TestApp;
  let admin: LoggedInUser;
  before(async () => {
    app = await startApp(stores());
    admin = await logInNewAdmin(app);
  });
  after(() => app.close());

  const roles = '/api/v1/admin/roles';
  const act = (what: string, body?: unknown) =>
    app.ask(what, { token: admin.access, ...(body !== undefined && { body }) });

  it('creates, lists, refuses twice and deletes', async () => {
    const name = newUserFields().username;
    const created = await act(`POST ${roles}`, { name, description: 'Reads reports' });
    expect([created.status, created.body.data.built_in]).to.deep.equal([201, false]);
    expect((await act(`POST ${roles}`, { name })).body.code).to.equal('role_exists');
    const { body } = await act(`GET ${roles}`);
    expect(body.data.map((role: { name: string }) => role.name)).to.include.members(['admin', 'user', name]);
    expect((await act(`DELETE ${roles}/${name}`)).status).to.equal(204);
    expect((await act(`DELETE ${roles}/${name}`)).body.code).to.equal('role_not_found');
  });

  it('keeps built-in roles and those in use', async () => {
    for (const name of ['admin', 'user']) {
      expect((await act(`DELETE ${roles}/${name}`)).body.code).to.equal('role_built_in');
    }
    const name = newUserFields().username;
    await act(`POST ${roles}`, { name });
    const user = await logInNewUser(app);
    await act(`PUT /api/v1/admin/users/${user.id}/roles`, { roles: [name] });
    expect((await act(`DELETE ${roles}/${name}`)).body.code).to.equal('role_in_use');
  });
});
