import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { type Interlude, withInterlude } from '../../support/interlude.ts';
import { loggedInAdmin } from '../../support/people.ts';
import { onEachStore } from '../../support/stores.ts';

onEachStore('The state of a session', (stores) => {
  let app: TestApp;
  let interlude: Interlude;
  before(async () => {
    const between = withInterlude(stores());
    interlude = between.interlude;
    app = await startApp(between.stores);
  });
  after(() => app.close());

  it('is asked for again when the user changed before the answer came', async () => {
    const [admin, other] = [await loggedInAdmin(app), await loggedInAdmin(app)];
    await app.ask('GET /api/v1/admin/roles', { token: other.access });
    const roles = { roles: ['user'] };
    interlude.after('sessions/find_active', () =>
      app.ask(`PUT /api/v1/admin/users/${admin.id}/roles`, { token: other.access, body: roles }),
    );
    expect((await app.ask('GET /api/v1/admin/roles', { token: admin.access })).status).to.equal(403);
  });
});
