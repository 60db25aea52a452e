import { expect } from 'chai';
import postgres from 'postgres';
import { parseTarget } from '../../../app/store/postgres/connection-target.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { createScratchDatabase, onRealStore, queries, silentLog } from '../../support/stores.ts';
import { queryArguments } from './query-arguments.ts';

/** Tables as after a long time: most sessions active, some long over, history in every month. */
const filling = [
  `insert into users (id, email, username, password_hash, created_at)
  select gen_random_uuid(), 'user' || n || '@example.com', 'user' || n, 'hash', now() - n * interval '1 minute'
  from generate_series(1, 100000) n`,
  `insert into user_roles (user_id, role_id)
  select users.id, roles.id
  from users, roles
  where roles.name = 'user'
    or users.username in ('user1', 'user2')`,
  `insert into sessions (id, user_id, mac_key, token_hash, created_at, idle_expires_at, expires_at)
  select gen_random_uuid(), id, '\\x00', '\\x00', created_at, seen.at + interval '30 days', seen.at + interval '90 days'
  from users, lateral (select now() - (random() * 32) * interval '1 day' as at) seen`,
  `insert into login_histories (id, occurred_at, user_id, outcome)
  select gen_random_uuid(), date_trunc('month', now()) + month * interval '1 month' + n * interval '1 minute', u.id, 'success'
  from generate_series(0, 11) month, generate_series(1, 5000) n, lateral (select gen_random_uuid() as id offset 0 * n) u`,
  `insert into audit_log (occurred_at, actor_id, action, target_type, target_id)
  select date_trunc('month', now()) + month * interval '1 month' + n * interval '1 minute', u.id, 'action', 'user', u.id
  from generate_series(0, 12) month, generate_series(1, 2000) n, lateral (select gen_random_uuid() as id offset 0 * n) u`,
  `insert into password_resets (user_id, token_hash, expires_at)
  select id, decode(md5(id::text), 'hex'), now() + interval '1 hour'
  from users
  limit 5000`,
  'vacuum analyze',
];

const scanned = /Seq Scan on (users|sessions|user_roles|login_histories|audit_log)/;

describe('arguments for planning', () => {
  it('exist for every query file', () => {
    expect(queries.names.filter((name) => !(name in queryArguments))).to.deep.equal([]);
  });
});

onRealStore('every query on large tables', () => {
  let sql: postgres.Sql;
  let drop: () => Promise<void>;

  before(async function () {
    this.timeout(180_000);
    const scratch = await createScratchDatabase();
    drop = scratch.drop;
    const target = { url: scratch.url, sslMode: 'disable' as const, caFile: undefined };
    await migrate({ target, log: silentLog });
    sql = postgres(parseTarget(target).url, { max: 1, fetch_types: false });
    for (const statement of filling) await sql.unsafe(statement);
    // The generic plan of a prepared statement, which knows no values.
    await sql.unsafe('set plan_cache_mode = force_generic_plan');
  });

  after(async () => {
    await sql?.end();
    await drop?.();
  });

  async function explain(statement: string): Promise<string> {
    const rows = await sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${statement}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }

  for (const name of queries.names) {
    it(`${name} scans no large table`, async () => {
      const values = queryArguments[name];
      if (!values) throw new Error(`${name} is missing in query-arguments.ts`);
      await sql.unsafe('deallocate all');
      await sql.unsafe(`prepare planned as ${queries.text(name)}`);
      const plan = await explain(`execute planned${values.length > 0 ? ` (${values.join(', ')})` : ''}`);
      expect(plan).not.to.match(scanned);
    });
  }

  it('would notice a sequential scan', async () => {
    expect(await explain(`select id from users where password_hash = 'x'`)).to.match(scanned);
    expect(await explain(`select id from login_histories where ip = 'x'`)).to.match(scanned);
  });

  it('answers the query of the guide with the index of emails', async () => {
    const plan = await explain(`select * from users where email = 'test@example.com' and deleted_at is null`);
    expect(plan).to.include('Index Scan using users_email_key');
  });
});
