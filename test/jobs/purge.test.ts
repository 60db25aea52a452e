import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import postgres from 'postgres';
import { purgeCommand } from '../../app/commands/purge.ts';
import { parseConfig } from '../../app/config/config.ts';
import { purge } from '../../app/jobs/purge.ts';
import { parseTarget } from '../../app/store/postgres/connection-target.ts';
import { createStore } from '../../app/store/store.ts';
import { addMonth } from '../support/partitions.ts';
import { addSession, addUser } from '../support/rows.ts';
import { runStatement } from '../support/run-statement.ts';
import { onOneStore, onRealStore, silentLog, type TestStores } from '../support/stores.ts';

const day = 86_400_000;

const retention = { loginHistory: 13, auditLog: 24 };
const expired = { idleTtlMs: -2 * day, maxAgeMs: 0 };

const openSql = (stores: TestStores) =>
  postgres(parseTarget({ url: stores.directUrl, sslMode: 'disable', caFile: undefined }).url, { max: 1 });

/** The service creates partitions for the months to come only, and tests write rows of the days before. */
const addLastMonth = (stores: TestStores) =>
  runStatement(
    stores,
    `do $$
     declare
       month timestamp := date_trunc('month', now() at time zone 'UTC') - interval '1 month';
     begin
       execute format(
         'create table if not exists %I partition of login_histories for values from (%L) to (%L)',
         'login_histories_' || to_char(month, 'YYYY_MM'), month || '+00', month + interval '1 month' || '+00'
       );
     end $$`,
  );

onOneStore('purge', (stores) => {
  const store = () => createStore(stores().database);

  it('deletes expired rows only, and can be repeated', async () => {
    const user = await addUser(store());
    const [over, live] = [await addSession(store(), user.id, expired), await addSession(store(), user.id)];
    for (const _ of [1, 2]) await purge(store(), silentLog, retention);
    expect(await store().sessions.find(over.id)).to.equal(null);
    expect(await store().sessions.find(live.id)).to.include({ isActive: true });
  });

  it('deletes attempts with an unknown email after a week, and no attempt on an account', async () => {
    const user = await addUser(store());
    const add = async (userId: string | null, age: number): Promise<string> => {
      const id = randomUUID();
      const owner = userId ? `'${userId}'` : 'null';
      await runStatement(
        stores(),
        `insert into login_histories (id, occurred_at, user_id, outcome, reason)
         values ('${id}', now() - interval '${age} days', ${owner}, 'failure', 'a reason')`,
      );
      return id;
    };
    await addLastMonth(stores());
    const [old, young] = [await add(null, 8), await add(null, 6)];
    const [known, older] = [await add(user.id, 8), await add(null, 20)];
    for (const _ of [1, 2]) await purge(store(), silentLog, retention);
    const ids = [old, young, known, older].map((id) => `'${id}'`).join();
    const left = await runStatement<{ id: string }>(
      stores(),
      `select id from login_histories where id in (${ids})`,
    );
    expect(left.map(({ id }) => id)).to.have.members([young, known]);
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

  it('deletes more than one batch of attempts with an unknown email', async () => {
    await addLastMonth(stores());
    await sql`
      insert into login_histories (id, occurred_at, outcome)
      select gen_random_uuid(), now() - interval '8 days', 'failure'
      from generate_series(1, 2500)`;
    await purge(store(), silentLog, retention);
    const [left] = await sql`
      select count(*)::integer as count from login_histories
      where user_id is null and occurred_at < now() - interval '7 days'`;
    expect(left?.count).to.equal(0);
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
