import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { type Interleaving, withInterleaving } from '../../support/interleaving.ts';
import { onEachStore } from '../../support/stores.ts';
import { logInNewAdmin } from '../../support/users.ts';

onEachStore('The state of a session', (stores) => {
  let app: TestApp;
  let interleaving: Interleaving;
  before(async () => {
    const between = withInterleaving(stores());
    interleaving = between.interleaving;
    app = await startApp(between.stores);
  });
  after(() => app.close());

  it('is asked for again when the user changed before the answer came', async () => {
    const [admin, other] = [await logInNewAdmin(app), await logInNewAdmin(app)];
    await app.ask('GET /api/v1/admin/roles', { token: other.access });
    const roles = { roles: ['user'] };
    interleaving.after('sessions/find_active', () =>
      app.ask(`PUT /api/v1/admin/users/${admin.id}/roles`, { token: other.access, body: roles }),
    );
    expect((await app.ask('GET /api/v1/admin/roles', { token: admin.access })).status).to.equal(403);
  });
});
