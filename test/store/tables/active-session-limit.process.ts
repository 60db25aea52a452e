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

onEachStore('active sessions of one user', (stores) => {
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

  /** The maximum number of sessions, oldest first. */
  async function fill(userId: string, count = maxActiveSessions): Promise<string[]> {
    const ids: string[] = [];
    for (let number = 0; number < count; number += 1) ids.push((await addSession(store(), userId)).id);
    return ids;
  }

  it('are limited: one more ends the oldest of the user, and returns its id', async () => {
    const user = await addUser(store());
    const other = await addUser(store());
    const foreign = await addSession(store(), other.id);
    const existing = await fill(user.id);
    const opened = await open(user.id);
    expect(opened?.superseded).to.have.length(1);
    const [superseded = ''] = opened?.superseded ?? [];
    expect(existing).to.include(superseded);
    expect(await store().sessions.find(superseded)).to.include({ isActive: false, endCause: 'superseded' });
    const active = (await store().sessions.listActive(user.id)).map(({ id }) => id);
    expect(active).to.have.members([...existing.filter((id) => id !== superseded), opened?.id]);
    expect(await store().sessions.find(foreign.id)).to.include({ isActive: true });
  });

  it('end in the order in which they were opened', async () => {
    const user = await addUser(store());
    await fill(user.id);
    const before = await store().sessions.listActive(user.id);
    const opened = await open(user.id);
    expect(opened?.superseded).to.deep.equal([before.at(-1)?.id]);
  });

  it('do not end below the maximum; ended sessions do not count', async () => {
    const user = await addUser(store());
    const existing = await fill(user.id);
    await store().sessions.end(existing[50] ?? '', null, 'logout');
    expect((await open(user.id))?.superseded).to.deep.equal([]);
  });

  it('do not end because of a rejected login', async () => {
    const user = await addUser(store());
    await fill(user.id);
    await store().users.setDisabled(user.id, true);
    expect(await open(user.id)).to.equal(null);
    expect(await store().sessions.listActive(user.id)).to.have.length(maxActiveSessions);
  });

  it('may exceed the maximum for simultaneous logins, and return to it with the next login', async () => {
    const user = await addUser(store());
    await fill(user.id);
    await Promise.all(Array.from({ length: 20 }, () => open(user.id)));
    await open(user.id);
    expect(await store().sessions.listActive(user.id)).to.have.length(maxActiveSessions);
  });

  it('are read for an export page by page, together with ended sessions', async () => {
    const user = await addUser(store());
    const existing = await fill(user.id, 5);
    await store().sessions.endAll(user.id, 'logout_all');
    const first = await store().sessions.listAll(user.id, 3);
    const second = await store().sessions.listAll(user.id, 3, first.next ?? undefined);
    expect([...first.items, ...second.items].map(({ id }) => id)).to.have.members(existing);
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
  /** The user has 150 active sessions, other users have 60 000. */
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
    it(`${name} reads only the active sessions`, async () => {
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
      // No step reads many more than the 150. A bitmap also counts entries that are dead or not yet visible.
      const most = Math.max(...[...plan.matchAll(/actual rows=(\d+)/g)].map(([, count]) => Number(count)));
      expect(most).to.be.at.most(1_000);
    });
  }

  it('ends all active sessions with one change', async () => {
    const { config } = stores();
    const database = createDatabase({ url, config, queries, log: silentLog });
    await using(database, async () => {
      expect(await createStore(database).sessions.endAll(userId, 'password_changed')).to.have.length(150);
    });
  });
});
