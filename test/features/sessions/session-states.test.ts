import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { type Interleaving, withInterleaving } from '../../support/interleaving.ts';
import { onOneStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { isAccepted, logIn, logInNewAdmin, logInNewUser, sessionIdOf } from '../../support/users.ts';

onOneStore('The state of a session', (stores) => {
  let app: TestApp;
  let interleaving: Interleaving;
  let onMessage: (message: string) => void = () => undefined;
  before(async () => {
    const between = withInterleaving(stores());
    interleaving = between.interleaving;
    app = await startApp(between.stores);
    // Subscribed after the application, so it is called after the application.
    await stores().redis.subscribe('session-events', (message) => onMessage(message));
  });
  after(() => app.close());

  /** Publishes a message as another replica does, or somebody else. Resolves when the application has received it. */
  async function announce(message: string): Promise<void> {
    const received = new Promise<void>((resolve) => {
      onMessage = (text) => text === message && resolve();
    });
    await stores().redis.publish('session-events', message);
    await received;
  }

  it('is asked for again when the user changed before the answer came', async () => {
    const [admin, other] = [await logInNewAdmin(app), await logInNewAdmin(app)];
    await app.ask('GET /api/v1/admin/roles', { token: other.access });
    const roles = { roles: ['user'] };
    interleaving.after('sessions/find_active', () =>
      app.ask(`PUT /api/v1/admin/users/${admin.id}/roles`, { token: other.access, body: roles }),
    );
    expect((await app.ask('GET /api/v1/admin/roles', { token: admin.access })).status).to.equal(403);
  });

  it('is asked for again after a message of another replica, and a forged message ends nothing', async () => {
    const user = await logInNewUser(app);
    for (const message of [`session ${sessionIdOf(user.access)}`, `user ${user.id}`]) {
      expect(await isAccepted(app, user.access)).to.equal(true);
      await announce(message);
      let reads = 0;
      interleaving.after('sessions/find_active', async () => {
        reads += 1;
      });
      expect([message, await isAccepted(app, user.access), reads]).to.deep.equal([message, true, 1]);
    }
  });

  it('is asked for again when such a message comes before the answer, but not without end', async () => {
    const user = await logInNewUser(app);
    let reads = 0;
    const flood = async (): Promise<void> => {
      reads += 1;
      interleaving.after('sessions/find_active', flood);
      await announce(`session ${sessionIdOf(user.access)}`);
    };
    interleaving.after('sessions/find_active', flood);
    const reply = await app.ask('GET /api/v1/users/me', { token: user.access });
    expect([reply.status, reply.headers['retry-after'], reads]).to.deep.equal([503, '1', 10]);
    interleaving.after('sessions/find_active', async () => undefined);
    expect(await isAccepted(app, user.access)).to.equal(true);
  });

  it('is asked for again, here and on other replicas, after a change whose path has the id in capitals', async () => {
    const [boss, admin] = [await logInNewAdmin(app), await logInNewAdmin(app)];
    const messages: string[] = [];
    onMessage = (message) => void messages.push(message);
    const path = `/api/v1/admin/users/${admin.id.toUpperCase()}/roles`;
    const ask = { token: boss.access, body: { roles: ['user'] } };
    expect((await app.ask(`PUT ${path}`, ask)).status).to.equal(200);
    await until(() => messages.length > 0);
    expect(messages.splice(0)).to.deep.equal([`user ${admin.id}`]);
    const session = sessionIdOf(admin.access);
    const { access } = await logIn(app, admin);
    const end = `DELETE /api/v1/users/me/sessions/${session.toUpperCase()}`;
    expect((await app.ask(end, { token: access })).status).to.equal(204);
    await until(() => messages.length > 0);
    expect(messages).to.deep.equal([`session ${session}`]);
  });

  it('outlasts a message of any other form', async () => {
    const user = await logInNewUser(app);
    const id = sessionIdOf(user.access);
    const ends = ['', 'session', 'session x', `end ${id}`, `session ${id} `, `session ${'x'.repeat(1_000)}`];
    for (const message of ends) await announce(message);
    expect(await isAccepted(app, user.access)).to.equal(true);
  });
});
