import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createStore } from '../../../app/store/store.ts';
import { addSession, addUser } from '../../support/rows.ts';
import { runStatement } from '../../support/run-statement.ts';
import { onEachStore } from '../../support/stores.ts';

onEachStore('The time of an authentication', (stores) => {
  const store = () => createStore(stores().database);
  const open = async () => addSession(store(), (await addUser(store())).id);

  it('is that of the login, also in a session from before it was recorded', async () => {
    const session = await open();
    const { createdAt, authTime } = (await store().sessions.find(session.id)) ?? expect.fail('no session');
    expect(authTime).to.deep.equal(createdAt);
    const age = "auth_time = null, created_at = created_at - interval '1 hour'";
    await runStatement(stores(), `update sessions set ${age} where id = '${session.id}'`);
    const hourAgo = new Date(createdAt.getTime() - 3_600_000);
    expect(await store().sessions.find(session.id)).to.deep.include({ authTime: hourAgo });
  });

  it('is renewed in an active session, and in no other', async () => {
    const session = await open();
    const other = await open();
    const age = "auth_time = auth_time - interval '1 hour'";
    await runStatement(stores(), `update sessions set ${age} where id in ('${session.id}', '${other.id}')`);
    const before = await store().sessions.find(other.id);
    const renewed = await store().sessions.renewAuthentication(session.id);
    const row = await store().sessions.find(session.id);
    expect(renewed).to.deep.equal(row?.authTime);
    expect(row?.authTime).to.be.at.least(row?.createdAt ?? expect.fail('no session'));
    expect(await store().sessions.find(other.id)).to.deep.include({ authTime: before?.authTime });
    await store().sessions.end(session.id, null, 'logout');
    expect(await store().sessions.renewAuthentication(session.id)).to.equal(null);
    expect(await store().sessions.renewAuthentication(randomUUID())).to.equal(null);
  });
});
