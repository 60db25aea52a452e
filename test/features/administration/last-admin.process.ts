import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore, onRealStore } from '../../support/stores.ts';
import { logInNewAdmin, onlyAdmins } from '../../support/users.ts';

onOneStore('The last active administrator', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  it('cannot lose the role, be disabled or be deleted, by anybody including themselves', async () => {
    const admin = await logInNewAdmin(app);
    await onlyAdmins(app, [admin]);
    const user = `/api/v1/admin/users/${admin.id}`;
    const calls: [string, object | undefined][] = [
      [`PUT ${user}/roles`, { roles: ['user'] }],
      [`POST ${user}/disable`, undefined],
      [`DELETE ${user}`, undefined],
      ['DELETE /api/v1/users/me', { password: admin.password }],
      ['POST /api/v1/users/me/delete', { password: admin.password }],
    ];
    for (const [what, body] of calls) {
      const reply = await app.ask(what, { token: admin.access, ...(body && { body }) });
      expect([what, reply.status, reply.body.code]).to.deep.equal([what, 409, 'last_admin']);
    }
    expect((await app.ask('GET /api/v1/admin/users', { token: admin.access })).status).to.equal(200);
  });

  it('may go once there is another', async () => {
    const [first, second] = [await logInNewAdmin(app), await logInNewAdmin(app)];
    await onlyAdmins(app, [first, second]);
    const reply = await app.ask(`POST /api/v1/admin/users/${first.id}/disable`, { token: second.access });
    expect(reply.status).to.equal(204);
  });
});

onRealStore('Two administrators who remove each other at the same time', (stores) => {
  let app: TestApp;
  let replica: TestApp;
  before(async () => {
    app = await startApp(stores());
    replica = await startApp(stores());
  });
  after(async () => {
    await app.close();
    await replica.close();
  });

  it('leave one of them an administrator, in every one of twenty races', async () => {
    for (let round = 0; round < 20; round += 1) {
      const [first, second] = [await logInNewAdmin(app), await logInNewAdmin(replica)];
      await onlyAdmins(app, [first, second]);
      await Promise.all([
        app.ask(`POST /api/v1/admin/users/${second.id}/disable`, { token: first.access }),
        replica.ask(`PUT /api/v1/admin/users/${first.id}/roles`, {
          token: second.access,
          body: { roles: [] },
        }),
      ]);
      expect(await createStore(app.stores.database).roles.countActiveAdmins()).to.equal(1);
    }
  });
});
