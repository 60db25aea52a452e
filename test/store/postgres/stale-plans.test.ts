import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { type OwnDatabase, openOwnDatabase } from '../../support/own-database.ts';
import { onRealStore } from '../../support/stores.ts';
import { logIn, logInNewAdmin, logInNewUser, registerUser } from '../../support/users.ts';

/** Each of these changes the columns that queries of the table return, so that their prepared statements fail once. */
const alterSessions = 'alter table sessions alter column user_agent type varchar(400)';
const alterUsers = 'alter table users alter column password_hash type varchar(400)';

onRealStore('After a change of a table that makes prepared statements void', (stores) => {
  let own: OwnDatabase & { drop(): Promise<void> };
  beforeEach(async () => {
    own = await openOwnDatabase(stores().config);
  });
  afterEach(async () => {
    await own.close();
    await own.drop();
  });

  it('a login stores keys of 32 bytes, and its refresh is 200', async () => {
    const { app, run } = own;
    const user = await logInNewUser(app);
    await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: user.refresh } });
    await run(alterSessions);
    const { refresh } = await logIn(app, user);
    const lengths =
      'select distinct length(mac_key) as mac_key, length(token_hash) as token_hash from sessions';
    expect(await run(lengths)).to.deep.equal([{ macKey: 32, tokenHash: 32 }]);
    const reply = await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: refresh } });
    expect(reply.status).to.equal(200);
  });

  it('a disabled account is disabled', async () => {
    const { database, run } = own;
    const { users } = createStore(database);
    const { id } = await registerUser(own.app);
    await users.setDisabled(id, true);
    await users.setDisabled(id, false);
    await run('alter table users alter column version type bigint');
    await users.setDisabled(id, true);
    expect(await run('select count(disabled_at)::integer as disabled from users')).to.deep.equal([
      { disabled: 1 },
    ]);
  });

  it('a change in a transaction succeeds', async () => {
    const { app, run } = own;
    const admin = await logInNewAdmin(app);
    const user = await registerUser(app);
    const setRoles = () =>
      app.ask(`PUT /api/v1/admin/users/${user.id}/roles`, { token: admin.access, body: { roles: ['user'] } });
    expect((await setRoles()).status).to.equal(200);
    await run(alterUsers);
    expect((await setRoles()).status).to.equal(200);
  });

  it('a login on a primary that became read-only is 503 with Retry-After', async () => {
    const { app, run } = own;
    const { email, password } = await logInNewUser(app);
    await run(alterSessions);
    await run('set default_transaction_read_only = on');
    const reply = await app.ask('POST /api/v1/auth/login', { body: { email, password } });
    expect(reply.status).to.equal(503);
    expect(reply.headers['retry-after']).to.match(/^\d+$/);
  });
});
