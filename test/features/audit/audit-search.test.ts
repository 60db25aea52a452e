import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { createAuditReader, type Entry, sessionOf } from '../../support/audit.ts';
import { auditEntry } from '../../support/rows.ts';
import { onOneStore } from '../../support/stores.ts';
import {
  type LoggedInUser,
  logIn,
  logInNewAdmin,
  logInNewUser,
  newUserFields,
  registerUser,
} from '../../support/users.ts';

const users = '/api/v1/admin/users';

onOneStore('GET /api/v1/admin/audit-log', (stores) => {
  let app: TestApp;
  let admin: LoggedInUser;
  let reader: ReturnType<typeof createAuditReader>;
  before(async () => {
    app = await startApp(stores());
    admin = await logInNewAdmin(app);
    reader = createAuditReader(app, admin);
  });
  after(() => app.close());

  const act: typeof reader.act = (...call) => reader.act(...call);
  const entries = (filter: string) => reader.entries(filter);

  it('is searched by actor, target and action together, page by page', async () => {
    const actor = await logInNewAdmin(app);
    const [one, other] = [await registerUser(app), await registerUser(app)];
    const changes = ['disable', 'enable', 'unlock'];
    for (const { id } of [one, other])
      for (const change of changes) await act(`POST ${users}/${id}/${change}`, 204, undefined, actor.access);
    await act(`POST ${users}/${one.id}/unlock`, 204, undefined, admin.access);
    const found = async (filter: string) =>
      (await entries(filter)).map(
        ({ action, target_id }) => `${action} ${target_id === one.id ? 'one' : 'other'}`,
      );
    const by = `actor_id=${actor.id}`;
    const all = ['one', 'other']
      .flatMap((user) => changes.map((change) => `user.${change} ${user}`))
      .reverse();
    expect(await found(by)).to.deep.equal(all);
    expect(await found(`${by}&action=user.enable`)).to.deep.equal(['user.enable other', 'user.enable one']);
    expect(await found(`target_id=${one.id}&action=user.unlock`)).to.have.length(2);
    const unlock = `target_type=user&target_id=${one.id.toUpperCase()}&${by}&action=user.unlock`;
    expect(await found(unlock)).to.deep.equal(['user.unlock one']);
    expect(await found(`actor_id=${one.id}`)).to.deep.equal([]);
    expect((await entries('action=user.unlock')).map(({ action }) => action)).to.include('user.unlock');
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const url: string = `GET /api/v1/admin/audit-log?limit=4&${by}${cursor && `&cursor=${cursor}`}`;
      const { body } = await app.ask(url, { token: actor.access });
      paged.push(...body.data.map((entry: Entry) => entry.id));
      cursor = body.meta.next_cursor;
    }
    expect(paged).to.deep.equal((await entries(by)).map(({ id }) => id));
  });

  it('names a user in one way, however the path of the change writes the id', async () => {
    const { id } = await registerUser(app);
    await act(`POST ${users}/${id.toUpperCase()}/disable`, 204, undefined, admin.access);
    await act(`POST ${users}/${id}/enable`, 204, undefined, admin.access);
    const found = await entries(`target_id=${id}`);
    expect(found.map(({ action, target_id }) => [action, target_id])).to.deep.equal([
      ['user.enable', id],
      ['user.disable', id],
    ]);
  });

  it('accepts a cursor for the same search, however the ids in it are written', async () => {
    const { id } = await registerUser(app);
    for (const change of ['disable', 'enable'])
      await act(`POST ${users}/${id}/${change}`, 204, undefined, admin.access);
    const page = (filter: string) =>
      app.ask(`GET /api/v1/admin/audit-log?limit=1&${filter}`, { token: admin.access });
    const first = await page(`actor_id=${admin.id}&target_id=${id}`);
    const capitals = `actor_id=${admin.id.toUpperCase()}&target_id=${id.toUpperCase()}`;
    const second = await page(`${capitals}&cursor=${first.body.meta.next_cursor}`);
    expect(second.body.data.map(({ action }: Entry) => action)).to.deep.equal(['user.disable']);
  });

  it('is searched for signing keys, whose ids have capitals, and for dropped months', async () => {
    const store = createStore(stores().database);
    const kid = randomBytes(32).toString('base64url');
    const targets = {
      signing_key: `Aa${kid.slice(2)}`,
      partition: `audit_log_1999_${kid.slice(0, 6)}`.toLowerCase(),
    };
    for (const [targetType, targetId] of Object.entries(targets)) {
      await store.auditLog.insert(auditEntry({ targetType, targetId, actorType: 'system', actorId: null }));
      const found = await entries(`target_type=${targetType}&target_id=${targetId}`);
      expect(found.map(({ target_type, target_id }) => [target_type, target_id])).to.deep.equal([
        [targetType, targetId],
      ]);
    }
  });

  it('is for administrators, who get a clear error for a filter that means nothing', async () => {
    const user = await logInNewUser(app);
    const asUser = await app.ask('GET /api/v1/admin/audit-log', { token: user.access });
    expect([asUser.status, asUser.body.code]).to.deep.equal([403, 'forbidden']);
    const bad = [
      'actor_id=me',
      'target_id=a%20b',
      'target_id=',
      'action=%00',
      'action=',
      'email=x',
      'limit=101',
    ];
    const keyset = (id: unknown) =>
      Buffer.from(JSON.stringify({ occurredAt: new Date(), id })).toString('base64url');
    const cursors = [1, '1e3', '9'.repeat(19), randomUUID(), '-1'].map((id) => `cursor=${keyset(id)}`);
    for (const query of [
      ...bad,
      'target_type=user',
      'target_type=device&target_id=a',
      'cursor=x',
      ...cursors,
    ]) {
      const reply = await app.ask(`GET /api/v1/admin/audit-log?${query}`, { token: admin.access });
      expect([query, reply.status]).to.deep.equal([query, 422]);
    }
  });

  it('shows users in their data export what others did to them, and of whom they changed only the fact', async () => {
    const [actor, user] = [await logInNewAdmin(app), await logInNewUser(app)];
    const { email } = newUserFields();
    await act(`PATCH ${users}/${user.id}`, 200, { email }, actor.access);
    const exported = async ({ access }: LoggedInUser): Promise<Entry[]> =>
      (await app.ask('GET /api/v1/users/me/export', { token: access })).body.data.audit_log;
    const [mine] = await exported(actor);
    expect(mine).to.include({ by_me: true, action: 'user.update', target_id: user.id, ip: '127.0.0.1' });
    expect([mine?.session_id, mine?.old_values, mine?.new_values]).to.deep.equal([sessionOf(actor), {}, {}]);
    const [theirs] = await exported(user);
    expect(theirs).to.include({
      by_me: false,
      actor_type: 'user',
      ip: null,
      request_id: null,
      session_id: null,
    });
    expect([theirs?.old_values, theirs?.new_values]).to.deep.equal([{ email: user.email }, { email }]);
    expect(JSON.stringify([mine, theirs])).not.to.include(actor.id);
  });

  it('does not tell users in their data export which administrator issued their reset token', async () => {
    const user = await registerUser(app);
    const { body } = await app.ask(`POST ${users}/${user.id}/reset-token`, { token: admin.access });
    const password = `new ${user.password}`;
    await act('POST /api/v1/auth/password/reset', 200, { token: body.data.token, password });
    const [redeemed] = await entries(`target_id=${user.id}&action=user.reset_password`);
    expect(redeemed?.detail).to.deep.equal({ ended_sessions: 0, issued_by: admin.id });
    const { access } = await logIn(app, { ...user, password });
    const exported = await app.ask('GET /api/v1/users/me/export', { token: access });
    expect(exported.body.data.audit_log[0]).to.deep.include({
      action: 'user.reset_password',
      detail: { ended_sessions: 0 },
    });
    expect(exported.text).not.to.include(admin.id);
  });

  it('contains no password, hash or token, and of refused changes only a missing proof', async () => {
    const user = await logInNewUser(app);
    const taken = await registerUser(app);
    const wrong = { email: newUserFields().email, password: 'a wrong password' };
    await act('PATCH /api/v1/users/me', 403, wrong, user.access);
    await act(`PATCH ${users}/${user.id}`, 409, { email: taken.email }, admin.access);
    const refused = await entries(`target_id=${user.id}`);
    expect(refused.map(({ action, outcome, detail }) => [action, outcome, detail])).to.deep.equal([
      ['authentication.failed', 'refused', { route: 'PATCH /api/v1/users/me' }],
    ]);
    const next = `new ${user.password}`;
    const passwords = { current_password: user.password, new_password: next };
    await act('POST /api/v1/users/me/password', 200, passwords, user.access);
    const { body } = await app.ask(`POST ${users}/${user.id}/reset-token`, { token: admin.access });
    await act('POST /api/v1/auth/password/reset', 200, { token: body.data.token, password: `re${next}` });
    const text = JSON.stringify(await entries(`target_id=${user.id}`));
    for (const secret of [user.password, next, body.data.token, user.access, user.refresh, '$argon2'])
      expect(text).not.to.include(secret);
  });
});
