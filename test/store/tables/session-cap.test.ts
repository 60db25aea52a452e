import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import postgres from 'postgres';
import { parseTarget } from '../../../app/store/postgres/connection-target.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { createStore } from '../../../app/store/store.ts';
import { maxActiveSessions } from '../../../app/store/tables/sessions.ts';
import { addSession, addUser } from '../../support/rows.ts';
import { createScratchDatabase, onEachStore, onRealStore, queries, silentLog } from '../../support/stores.ts';
import { using } from '../postgres/probe.ts';

const day = 86_400_000;

onEachStore('living sessions of one user', (stores) => {
  const store = () => createStore(stores().database);

  async function open(userId: string) {
    const account = await store().users.findById(userId);
    if (!account) throw new Error('a session needs a user');
    return store().sessions.insert({
      id: randomUUID(),
      userId,
      macKey: Buffer.alloc(32),
      tokenHash: Buffer.alloc(32),
      ip: null,
      userAgent: null,
      idleTtlMs: day,
      maxAgeMs: day,
      passwordChangedAt: account.passwordChangedAt,
    });
  }

  /** As many as may live, oldest first by their times of creation too. */
  async function fill(userId: string, count = maxActiveSessions): Promise<string[]> {
    const ids: string[] = [];
    for (let number = 0; number < count; number += 1) ids.push((await addSession(store(), userId)).id);
    return ids;
  }

  it('are at most the cap: one more ends the oldest, says which, and no other user’s', async () => {
    const user = await addUser(store());
    const other = await addUser(store());
    const foreign = await addSession(store(), other.id);
    const own = await fill(user.id);
    const opened = await open(user.id);
    expect(opened?.superseded).to.have.length(1);
    const [superseded = ''] = opened?.superseded ?? [];
    expect(own).to.include(superseded);
    expect(await store().sessions.find(superseded)).to.include({ isActive: false, endCause: 'superseded' });
    const living = (await store().sessions.listActive(user.id)).map(({ id }) => id);
    expect(living).to.have.members([...own.filter((id) => id !== superseded), opened?.id]);
    expect(await store().sessions.find(foreign.id)).to.include({ isActive: true });
  });

  it('make room by ending those that were opened first', async () => {
    const user = await addUser(store());
    await fill(user.id);
    const before = await store().sessions.listActive(user.id);
    const opened = await open(user.id);
    expect(opened?.superseded).to.deep.equal([before.at(-1)?.id]);
  });

  it('end none while there is room, and count none that ended', async () => {
    const user = await addUser(store());
    const own = await fill(user.id);
    await store().sessions.end(own[50] ?? '', null, 'logout');
    expect((await open(user.id))?.superseded).to.deep.equal([]);
  });

  it('end none for a login that is refused', async () => {
    const user = await addUser(store());
    await fill(user.id);
    await store().users.setDisabled(user.id, true);
    expect(await open(user.id)).to.equal(null);
    expect(await store().sessions.listActive(user.id)).to.have.length(maxActiveSessions);
  });

  it('may pass the cap when many are opened at once, and are back at it with the next', async () => {
    const user = await addUser(store());
    await fill(user.id);
    await Promise.all(Array.from({ length: 20 }, () => open(user.id)));
    await open(user.id);
    expect(await store().sessions.listActive(user.id)).to.have.length(maxActiveSessions);
  });

  it('are read for an export page by page, ended ones too', async () => {
    const user = await addUser(store());
    const own = await fill(user.id, 5);
    await store().sessions.endAll(user.id, 'logout_all');
    const first = await store().sessions.listAll(user.id, 3);
    const second = await store().sessions.listAll(user.id, 3, first.next ?? undefined);
    expect([...first.items, ...second.items].map(({ id }) => id)).to.have.members(own);
    expect([first.items.length, second.next]).to.deep.equal([3, null]);
  });
});

onRealStore('two logins of a user who has the maximum of active sessions', (stores) => {
  it('do not wait for each other, and the next login ends the surplus', async () => {
    const store = createStore(stores().database);
    const user = await addUser(store);
    for (let number = 0; number < maxActiveSessions; number += 1) await addSession(store, user.id);
    const count = async () => (await store.sessions.listActive(user.id)).length;
    await store.transaction(async (within) => {
      await addSession(within, user.id);
      // Both logins find the same oldest session. The first one has ended it and has not committed yet.
      await addSession(store, user.id);
    });
    expect(await count()).to.equal(maxActiveSessions + 1);
    await addSession(store, user.id);
    expect(await count()).to.equal(maxActiveSessions);
  });
});

onRealStore('a user with a hundred thousand ended sessions', (stores) => {
  const userId = randomUUID();
  /** 150 of theirs live, and 60 000 of others. */
  const filling = [
    `insert into users (id, email, username, password_hash, password_changed_at)
    select case n when 1 then '${userId}' else gen_random_uuid() end, n || '@example.com', 'user' || n, '', '2026-01-01'
    from generate_series(1, 20000) n`,
    `insert into sessions (id, user_id, mac_key, token_hash, idle_expires_at, expires_at)
    select gen_random_uuid(), id, '', '', now() + interval '30 days', now() + interval '90 days'
    from users, generate_series(1, 3)
    where id <> '${userId}'`,
    `insert into sessions (id, user_id, mac_key, token_hash, created_at, ended_at, idle_expires_at, expires_at)
    select gen_random_uuid(), '${userId}', '', '', made.at, made.at, made.at, made.at + interval '90 days'
    from generate_series(1, 100000) n, lateral (select now() - n * interval '1 second' as at) made`,
    `update sessions
    set ended_at = null, idle_expires_at = expires_at
    where id in (select id from sessions where user_id = '${userId}' limit 150)`,
  ];
  let sql: postgres.Sql;
  let url: () => string;
  let drop: () => Promise<void>;

  before(async function () {
    this.timeout(120_000);
    ({ url, drop } = await createScratchDatabase());
    const target = { url, sslMode: 'disable' as const, caFile: undefined };
    await migrate({ target, log: silentLog });
    sql = postgres(parseTarget(target).url, { max: 1, fetch_types: false });
    for (const statement of filling) await sql.unsafe(statement);
    await sql.unsafe('vacuum analyze');
    await sql.unsafe('set plan_cache_mode = force_generic_plan');
  });

  after(async () => {
    await sql?.end();
    await drop?.();
  });

  const values = {
    'sessions/end_all': [`'${userId}'`, `'logout'`, 'null'],
    'sessions/list_active': [`'${userId}'`, '200'],
    'sessions/insert': [
      'gen_random_uuid()',
      `'${userId}'`,
      `''`,
      `''`,
      'null',
      'null',
      '1000',
      '1000',
      `'2026-01-01'`,
      '100',
      '100',
    ],
  } as const;

  for (const name of ['sessions/end_all', 'sessions/list_active', 'sessions/insert'] as const) {
    it(`${name} reads only the living ones`, async () => {
      const text = queries.text(name);
      await sql.unsafe('deallocate all');
      await sql.unsafe(`prepare planned as ${text}`);
      await sql.unsafe('begin');
      const rows = await sql.unsafe<{ 'QUERY PLAN': string }[]>(
        `explain (analyze, timing off) execute planned (${values[name].join(', ')})`,
      );
      await sql.unsafe('rollback');
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).to.include('sessions_living_idx');
      expect(plan).not.to.match(/Rows Removed by Filter: \d{3}/);
      // No step touched many more than the 150: a bitmap counts entries that are dead or not yet visible too.
      const most = Math.max(...[...plan.matchAll(/actual rows=(\d+)/g)].map(([, count]) => Number(count)));
      expect(most).to.be.at.most(1_000);
    });
  }

  it('has all that live ended by one change', async () => {
    const { config } = stores();
    const database = createDatabase({ url, config, queries, log: silentLog });
    await using(database, async () => {
      expect(await createStore(database).sessions.endAll(userId, 'password_changed')).to.have.length(150);
    });
  });
});
