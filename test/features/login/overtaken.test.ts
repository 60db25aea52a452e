import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { type Interleaving, withInterleaving } from '../../support/interleaving.ts';
import { addSession, addUser } from '../../support/rows.ts';
import { onOneStore, onRealStore } from '../../support/stores.ts';
import {
  type LoggedInUser,
  logIn,
  logInNewAdmin,
  logInNewUser,
  type RegisteredUser,
  registerUser,
} from '../../support/users.ts';

onOneStore('A login that something overtakes', (stores) => {
  let app: TestApp;
  let slow: TestApp;
  let interleaving: Interleaving;
  let admin: LoggedInUser;
  before(async () => {
    app = await startApp(stores());
    admin = await logInNewAdmin(app);
    const between = withInterleaving(stores());
    interleaving = between.interleaving;
    slow = await startApp(between.stores);
  });
  after(async () => {
    await slow.close();
    await app.close();
  });

  const act = (what: string) => app.ask(what, { token: admin.access });

  async function reset({ id, password }: RegisteredUser): Promise<void> {
    const { token } = (await act(`POST /api/v1/admin/users/${id}/reset-token`)).body.data;
    const body = { token, password: `new ${password}` };
    expect((await app.ask('POST /api/v1/auth/password/reset', { body })).status).to.equal(200);
  }

  /** What happens between the look at the account and the end of the login. */
  async function loginDuring(user: RegisteredUser, work: () => Promise<unknown>) {
    interleaving.after('users/find_by_email', work);
    const { email, password } = user;
    return slow.ask('POST /api/v1/auth/login', { body: { email, password } });
  }

  it('opens no session for a password that was reset meanwhile', async () => {
    const user = await registerUser(app);
    const reply = await loginDuring(user, () => reset(user));
    expect([reply.status, reply.body.code]).to.deep.equal([401, 'invalid_credentials']);
  });

  it('opens no session for an account that was disabled or deleted meanwhile', async () => {
    const disabled = await registerUser(app);
    const path = `/api/v1/admin/users/${disabled.id}`;
    expect((await loginDuring(disabled, () => act(`POST ${path}/disable`))).status).to.equal(401);
    const deleted = await registerUser(app);
    const gone = await loginDuring(deleted, () => act(`DELETE /api/v1/admin/users/${deleted.id}`));
    expect(gone.status).to.equal(401);
  });

  it('keeps the reason in the login history', async () => {
    const user = await registerUser(app);
    const path = `/api/v1/admin/users/${user.id}`;
    await loginDuring(user, () => act(`POST ${path}/disable`));
    const history = (await act('GET /api/v1/admin/login-histories?limit=5')).body.data;
    const mine = history.filter(({ user_id }: { user_id: string }) => user_id === user.id);
    expect(mine.map(({ reason }: { reason: string }) => reason)).to.deep.equal(['disabled']);
  });
});

onOneStore('A change that needs the password, overtaken', (stores) => {
  let app: TestApp;
  let slow: TestApp;
  let interleaving: Interleaving;
  let admin: LoggedInUser;
  before(async () => {
    app = await startApp(stores());
    admin = await logInNewAdmin(app);
    const between = withInterleaving(stores());
    interleaving = between.interleaving;
    slow = await startApp(between.stores);
  });
  after(async () => {
    await slow.close();
    await app.close();
  });

  const changes = (user: RegisteredUser): [string, object][] => [
    ['POST /api/v1/users/me/password', { current_password: user.password, new_password: 'not the owner' }],
    ['PATCH /api/v1/users/me', { password: user.password, email: `thief-${user.email}` }],
    ['DELETE /api/v1/users/me', { password: user.password }],
  ];

  it('is refused as a wrong password when this session changed the password while it was being verified', async () => {
    for (const which of [1, 2]) {
      const user = await logInNewUser(app);
      const [what, body] = changes(user)[which] ?? ['', {}];
      const [change, fields] = changes(user)[0] ?? ['', {}];
      interleaving.after('sessions/find', () => app.ask(change, { token: user.access, body: fields }));
      const reply = await slow.ask(what, { token: user.access, body });
      expect([what, reply.status, reply.body.code]).to.deep.equal([what, 403, 'wrong_password']);
      await logIn(app, { ...user, password: 'not the owner' });
    }
  });

  it('is refused when the password was reset while it was being verified', async () => {
    for (const which of [0, 1, 2]) {
      const user = await logInNewUser(app);
      const [what, body] = changes(user)[which] ?? ['', {}];
      interleaving.after('sessions/find', async () => {
        const path = `/api/v1/admin/users/${user.id}/reset-token`;
        const { token } = (await app.ask(`POST ${path}`, { token: admin.access })).body.data;
        await app.ask('POST /api/v1/auth/password/reset', { body: { token, password: 'the owner again' } });
      });
      const reply = await slow.ask(what, { token: user.access, body });
      expect([what, reply.status, reply.body.code]).to.deep.equal([what, 401, 'unauthorized']);
      await logIn(app, { ...user, password: 'the owner again' });
    }
  });

  it('is refused, as for any dead token, when the account is deleted during its reset', async () => {
    const { id } = await logInNewUser(app);
    const path = `/api/v1/admin/users/${id}`;
    const { token } = (await app.ask(`POST ${path}/reset-token`, { token: admin.access })).body.data;
    interleaving.after('users/find_by_id', () => app.ask(`DELETE ${path}`, { token: admin.access }));
    const body = { token, password: 'nobody any more' };
    const reply = await slow.ask('POST /api/v1/auth/password/reset', { body });
    expect([reply.status, reply.body.code]).to.deep.equal([401, 'invalid_reset_token']);
  });

  it('is refused as any request of a user who was deleted or disabled meanwhile', async () => {
    for (const end of ['DELETE', 'POST']) {
      for (const which of [0, 1, 2]) {
        const user = await logInNewUser(app);
        const [what, body] = changes(user)[which] ?? ['', {}];
        const path = `/api/v1/admin/users/${user.id}${end === 'POST' ? '/disable' : ''}`;
        interleaving.after('sessions/find', () => app.ask(`${end} ${path}`, { token: admin.access }));
        const reply = await slow.ask(what, { token: user.access, body });
        expect([what, reply.status]).to.deep.equal([what, 401]);
      }
    }
  });
});

onRealStore('A session opened during a change of its account', (stores) => {
  it('waits for the change, and is not opened when the account was disabled by it', async () => {
    const store = createStore(stores().database);
    const user = await addUser(store);
    const other = await addSession(store, user.id);
    let opening: Promise<unknown> = Promise.resolve();
    await store.transaction(async (within) => {
      await within.users.setDisabled(user.id, true);
      opening = store.sessions.insert({ ...other, id: randomUUID() });
      await within.sessions.endAll(user.id, 'account_disabled');
    });
    expect(await opening).to.equal(null);
    expect(await store.sessions.listActive(user.id)).to.deep.equal([]);
  });
});
