import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { maxActiveSessions } from '../../../app/store/tables/sessions.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { addSession } from '../../support/rows.ts';
import { onOneStore } from '../../support/stores.ts';
import { isAccepted, logIn, logInNewUser } from '../../support/users.ts';

onOneStore('Sessions', (stores) => {
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

  const within = async (milliseconds: number, isDone: () => Promise<boolean>): Promise<boolean> => {
    const deadline = performance.now() + milliseconds;
    while (performance.now() < deadline) {
      if (await isDone()) return true;
      await new Promise((next) => setTimeout(next, 20));
    }
    return isDone();
  };

  it('POST /auth/logout ends this session at once here, within a second on another replica, and no other', async () => {
    const first = await logInNewUser(app);
    const second = await logIn(app, first);
    expect(await isAccepted(replica, first.access)).to.equal(true);
    const reply = await app.ask('POST /api/v1/auth/logout', { token: first.access });
    expect([reply.status, reply.text]).to.deep.equal([204, '']);
    expect(await isAccepted(app, first.access)).to.equal(false);
    expect(await within(1_000, async () => !(await isAccepted(replica, first.access)))).to.equal(true);
    expect(await isAccepted(app, second.access)).to.equal(true);
  });

  it('POST /auth/logout answers 204 or 401 to each of several at once, and 204 to at least one', async () => {
    const { access } = await logInNewUser(app);
    const logOut = () => app.ask('POST /api/v1/auth/logout', { token: access });
    const statuses = (await Promise.all(Array.from({ length: 5 }, logOut))).map(({ status }) => status);
    expect(statuses).to.include(204);
    // Who comes when the session is gone is told so.
    for (const status of statuses) expect(status).to.be.oneOf([204, 401]);
  });

  it('POST /auth/logout-all ends every session of the user and nobody else’s', async () => {
    const first = await logInNewUser(app);
    const second = await logIn(app, first);
    const other = await logInNewUser(app);
    expect((await app.ask('POST /api/v1/auth/logout-all', { token: first.access })).status).to.equal(204);
    expect(await isAccepted(app, first.access)).to.equal(false);
    expect(await isAccepted(app, second.access)).to.equal(false);
    expect(await within(1_000, async () => !(await isAccepted(replica, second.access)))).to.equal(true);
    expect(await isAccepted(app, other.access)).to.equal(true);
  });

  it('GET /users/me/sessions lists device, address and times, and says which one is current', async () => {
    const first = await logInNewUser(app);
    const headers = { 'User-Agent': 'Phone/1.0' };
    const { email, password } = first;
    await app.ask('POST /api/v1/auth/login', { body: { email, password }, headers });
    const { body } = await app.ask('GET /api/v1/users/me/sessions', { token: first.access });
    expect(body.data).to.have.length(2);
    const [newest, oldest] = body.data;
    expect([newest.device, newest.current, newest.ip]).to.deep.equal(['Phone/1.0', false, '127.0.0.1']);
    expect(oldest.current).to.equal(true);
  });

  it('GET /users/me/sessions lists the device and the address of the last refresh', async () => {
    const behindProxy = await startApp(stores(), { TRUSTED_PROXIES: '127.0.0.1' });
    try {
      const user = await logInNewUser(behindProxy);
      const headers = { 'User-Agent': 'Phone/2.0', 'X-Forwarded-For': '203.0.113.9' };
      const body = { refresh_token: user.refresh };
      await behindProxy.ask('POST /api/v1/auth/refresh', { body, headers });
      const reply = await behindProxy.ask('GET /api/v1/users/me/sessions', { token: user.access });
      expect(reply.body.data).to.have.length(1);
      expect(reply.body.data[0]).to.include({ device: 'Phone/2.0', ip: '203.0.113.9', current: true });
    } finally {
      await behindProxy.close();
    }
  });

  it('POST /auth/login ends the oldest session when there are too many, on every replica', async () => {
    const first = await logInNewUser(app);
    const second = await logIn(app, first);
    const store = createStore(app.stores.database);
    for (let count = 2; count < maxActiveSessions; count += 1) await addSession(store, first.id);
    for (const each of [app, replica]) expect(await isAccepted(each, first.access)).to.equal(true);
    const latest = await logIn(app, first);
    expect(await isAccepted(app, first.access)).to.equal(false);
    expect(await within(1_000, async () => !(await isAccepted(replica, first.access)))).to.equal(true);
    for (const { access } of [second, latest]) expect(await isAccepted(app, access)).to.equal(true);
    const { body } = await app.ask('GET /api/v1/users/me/export', { token: latest.access });
    const causes = body.data.sessions.map(({ end_cause }: { end_cause: string | null }) => end_cause);
    expect(causes.filter(Boolean)).to.deep.equal(['superseded']);
  });

  it('DELETE /users/me/sessions/{id} ends one of mine, and nobody else’s', async () => {
    const mine = await logInNewUser(app);
    const other = await logInNewUser(app);
    const { body } = await app.ask('GET /api/v1/users/me/sessions', { token: mine.access });
    const path = `DELETE /api/v1/users/me/sessions/${body.data[0].id}`;
    const refused = await app.ask(path, { token: other.access });
    expect([refused.status, refused.body.code]).to.deep.equal([404, 'session_not_found']);
    expect(await isAccepted(app, mine.access)).to.equal(true);
    expect((await app.ask(path, { token: mine.access })).status).to.equal(204);
    expect(await isAccepted(app, mine.access)).to.equal(false);
    expect(
      (await app.ask('DELETE /api/v1/users/me/sessions/nonsense', { token: other.access })).status,
    ).to.equal(404);
  });

  it('GET /auth/verify tells a gateway who calls', async () => {
    const user = await logInNewUser(app);
    const reply = await app.ask('GET /api/v1/auth/verify', { token: user.access });
    expect([reply.status, reply.text]).to.deep.equal([204, '']);
    expect(reply.headers['x-user-id']).to.equal(user.id);
    expect(reply.headers['x-user-roles']).to.equal('user');
    const { body } = await app.ask('GET /api/v1/users/me/sessions', { token: user.access });
    expect(reply.headers['x-session-id']).to.equal(body.data[0].id);
  });

  it('refuses a missing, malformed or foreign token with 401 and WWW-Authenticate, whatever the endpoint', async () => {
    const { refresh } = await logInNewUser(app);
    const headers: (Record<string, string> | undefined)[] = [
      undefined,
      { Authorization: 'Bearer' },
      { Authorization: 'Basic dXNlcjpwYXNz' },
      { Authorization: `Bearer ${refresh}` },
      { Authorization: 'Bearer a.b.c' },
    ];
    for (const path of ['/api/v1/auth/verify', '/api/v1/users/me', '/api/v1/admin/users']) {
      for (const given of headers) {
        const reply = await app.ask(`GET ${path}`, given ? { headers: given } : {});
        expect(reply.status).to.equal(401);
        expect(reply.headers['www-authenticate']).to.equal('Bearer');
      }
    }
  });

  it('takes the scheme of the Authorization header in any case', async () => {
    const { access } = await logInNewUser(app);
    for (const scheme of ['bearer', 'BEARER']) {
      const reply = await app.ask('GET /api/v1/users/me', {
        headers: { Authorization: `${scheme} ${access}` },
      });
      expect(reply.status).to.equal(200);
    }
  });
});
