import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { createAuditReader, type Entry, sessionOf } from '../../support/audit.ts';
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

onOneStore('Rows of the audit log', (stores) => {
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
  const entryOf = (targetId: string, requestId: string) => reader.entryOf(targetId, requestId);

  const row = (action: string, targetId: string, actor: LoggedInUser | null, rest: Entry = {}) => ({
    actor_type: actor ? 'user' : 'reset_token',
    actor_id: actor?.id ?? null,
    session_id: actor ? sessionOf(actor) : null,
    action,
    outcome: 'success',
    target_type: 'user',
    target_id: targetId,
    old_values: {},
    new_values: {},
    detail: {},
    ip: '127.0.0.1',
    ...rest,
  });

  it('says who administered whom, from where, and what was before and after', async () => {
    const user = await logInNewUser(app);
    const { email, username } = newUserFields();
    const user_url = `${users}/${user.id}`;
    const calls: [what: string, status: number, body: unknown, action: string, rest: Entry][] = [
      [
        `PATCH ${user_url}`,
        200,
        { email: email.toUpperCase() },
        'user.update',
        { old_values: { email: user.email }, new_values: { email } },
      ],
      [
        `PATCH ${user_url}`,
        200,
        { username },
        'user.update',
        { old_values: { username: user.username }, new_values: { username } },
      ],
      [
        `PUT ${user_url}/roles`,
        200,
        { roles: ['user', 'admin', 'user'] },
        'user.roles',
        { old_values: { roles: ['user'] }, new_values: { roles: ['admin', 'user'] } },
      ],
      [
        `POST ${user_url}/disable`,
        204,
        undefined,
        'user.disable',
        {
          old_values: { status: 'active' },
          new_values: { status: 'disabled' },
          detail: { ended_sessions: 1 },
        },
      ],
      [
        `POST ${user_url}/enable`,
        204,
        undefined,
        'user.enable',
        { old_values: { status: 'disabled' }, new_values: { status: 'active' } },
      ],
      [`POST ${user_url}/unlock`, 204, undefined, 'user.unlock', {}],
      [`DELETE ${user_url}/sessions`, 204, undefined, 'user.end_sessions', { detail: { ended_sessions: 0 } }],
      [
        `DELETE ${user_url}`,
        204,
        undefined,
        'user.delete',
        {
          old_values: { email, username, roles: ['admin', 'user'], status: 'active' },
          new_values: { status: 'deleted' },
          detail: { ended_sessions: 0 },
        },
      ],
    ];
    for (const [what, status, body, action, rest] of calls) {
      const requestId = await act(what, status, body, admin.access);
      expect(await entryOf(user.id, requestId)).to.deep.equal(row(action, user.id, admin, rest));
    }
  });

  it('records what users change about their own accounts', async () => {
    let user = await logInNewUser(app);
    const { email, username } = newUserFields();
    const { id, password } = user;
    const next = `new ${password}`;
    const updated = await act('PATCH /api/v1/users/me', 200, { email, username, password }, user.access);
    const before = { email: user.email, username: user.username };
    const values = { old_values: before, new_values: { email, username } };
    expect(await entryOf(id, updated)).to.deep.equal(row('user.update', id, user, values));

    const other = await logIn(app, { ...user, email });
    const ending = `DELETE /api/v1/users/me/sessions/${sessionOf(other)}`;
    const ended = await act(ending, 204, undefined, user.access);
    const cause = { session_id: sessionOf(other), cause: 'ended_by_user' };
    expect(await entryOf(id, ended)).to.deep.equal(row('user.end_session', id, user, { detail: cause }));
    await act(ending, 404, undefined, user.access);

    await logIn(app, { ...user, email });
    const passwords = { current_password: password, new_password: next };
    const changed = await act('POST /api/v1/users/me/password', 200, passwords, user.access);
    const others = { detail: { ended_sessions: 1 } };
    expect(await entryOf(id, changed)).to.deep.equal(row('user.change_password', id, user, others));

    const out = await act('POST /api/v1/auth/logout', 204, undefined, user.access);
    const logout = { detail: { session_id: sessionOf(user), cause: 'logout' } };
    expect(await entryOf(id, out)).to.deep.equal(row('user.end_session', id, user, logout));

    user = await logIn(app, { ...user, email, password: next });
    const everywhere = await act('POST /api/v1/auth/logout-all', 204, undefined, user.access);
    expect(await entryOf(id, everywhere)).to.deep.equal(row('user.end_sessions', id, user, others));

    user = await logIn(app, user);
    const deleted = await act('POST /api/v1/users/me/delete', 204, { password: next }, user.access);
    const deletion = {
      old_values: { email, username, roles: ['user'], status: 'active' },
      new_values: { status: 'deleted' },
      ...others,
    };
    expect(await entryOf(id, deleted)).to.deep.equal(row('user.delete', id, user, deletion));
  });

  it('records the redemption of a reset token by nobody in particular, and who issued it', async () => {
    const user = await registerUser(app);
    const issuing = randomUUID();
    const { body } = await app.ask(`POST ${users}/${user.id}/reset-token`, {
      token: admin.access,
      headers: { 'X-Request-Id': issuing },
    });
    const { token, expires_at } = body.data;
    const issued = row('user.reset_token', user.id, admin, { new_values: { expires_at } });
    expect(await entryOf(user.id, issuing)).to.deep.equal(issued);
    const reset = { token, password: `reset ${user.password}` };
    const redeeming = await act('POST /api/v1/auth/password/reset', 200, reset);
    const detail = { ended_sessions: 0, issued_by: admin.id };
    expect(await entryOf(user.id, redeeming)).to.deep.equal(
      row('user.reset_password', user.id, null, { detail }),
    );
  });

  it('records the creation and the deletion of roles', async () => {
    const name = newUserFields().username;
    const created = await act('POST /api/v1/admin/roles', 201, { name, description: 'Reads' }, admin.access);
    const deleted = await act(`DELETE /api/v1/admin/roles/${name}`, 204, undefined, admin.access);
    const [last, first] = await entries(`target_type=role&target_id=${name}`);
    expect(first).to.deep.include({ action: 'role.create', request_id: created, actor_id: admin.id });
    expect(first?.new_values).to.deep.equal({ description: 'Reads' });
    expect(last).to.deep.include({ action: 'role.delete', request_id: deleted, target_type: 'role' });
    expect(last?.old_values).to.deep.equal({ description: 'Reads' });
    expect(await entries(`target_id=${name}`)).to.deep.equal([]);
  });
});
