import { expect } from 'chai';
import postgres from 'postgres';
import { purgeCommand } from '../../app/commands/purge.ts';
import { parseConfig } from '../../app/config/config.ts';
import { purge } from '../../app/jobs/purge.ts';
import { parseTarget } from '../../app/store/postgres/connection-target.ts';
import { createStore } from '../../app/store/store.ts';
import { addMonth } from '../support/partitions.ts';
import { addSession, addUser } from '../support/rows.ts';
import { onEachStore, onRealStore, silentLog, type TestStores } from '../support/stores.ts';

const day = 86_400_000;

const retention = { loginHistory: 13, auditLog: 24 };
const expired = { idleTtlMs: -2 * day, maxAgeMs: 0 };

const openSql = (stores: TestStores) =>
  postgres(parseTarget({ url: stores.url, sslMode: 'disable', caFile: undefined }).url, { max: 1 });

onEachStore('purge', (stores) => {
  const store = () => createStore(stores().database);

  it('deletes expired rows only, and can be repeated', async () => {
    const user = await addUser(store());
    const [over, live] = [await addSession(store(), user.id, expired), await addSession(store(), user.id)];
    for (const _ of [1, 2]) await purge(store(), silentLog, retention);
    expect(await store().sessions.find(over.id)).to.equal(null);
    expect(await store().sessions.find(live.id)).to.include({ isActive: true });
  });

  it('creates the partitions of the coming twelve months', async () => {
    await purge(store(), silentLog, retention);
    expect(await store().loginHistories.createPartitions(12)).to.equal(0);
  });
});

onRealStore('purge on a server', (stores) => {
  const store = () => createStore(stores().database);
  let sql: postgres.Sql;

  beforeEach(() => {
    sql = openSql(stores());
  });

  afterEach(() => sql.end());

  it('drops the partitions of months before those to be kept', async () => {
    const [kept, old] = [
      await addMonth(sql, 'login_histories', 13),
      await addMonth(sql, 'login_histories', 14),
    ];
    expect(await store().loginHistories.dropPartitions(13)).to.deep.equal([old]);
    expect(await store().loginHistories.dropPartitions(12)).to.deep.equal([kept]);
  });

  it('skips a session that another transaction has locked', async () => {
    const user = await addUser(store());
    const [locked, free] = [
      await addSession(store(), user.id, expired),
      await addSession(store(), user.id, expired),
    ];
    await sql.begin(async (tx) => {
      await tx`select id from sessions where id = ${locked.id} for update`;
      await purge(store(), silentLog, retention);
      expect(await store().sessions.find(free.id)).to.equal(null);
      expect(await store().sessions.find(locked.id)).not.to.equal(null);
    });
    await purge(store(), silentLog, retention);
    expect(await store().sessions.find(locked.id)).to.equal(null);
  });

  it('deletes more than one batch', async () => {
    const user = await addUser(store());
    await sql`
      insert into sessions (id, user_id, mac_key, token_hash, idle_expires_at, expires_at)
      select gen_random_uuid(), ${user.id}, '', '', now() - interval '2 days', now()
      from generate_series(1, 2500)`;
    await purge(store(), silentLog, retention);
    const [left] = await sql`select count(*)::integer as count from sessions where user_id = ${user.id}`;
    expect(left?.count).to.equal(0);
  });

  it('records when the command ran', async () => {
    await sql`delete from maintenance where name = 'purge'`;
    await purgeCommand(parseConfig({ ENV: 'test', DB_PRIMARY_DB_URL: stores().url() }), silentLog, retention);
    const [row] = await sql`select ran_at from maintenance where name = 'purge'`;
    expect(row?.ran_at).to.be.instanceOf(Date);
  });
});
