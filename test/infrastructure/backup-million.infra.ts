import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import postgres from 'postgres';
import { parseConfig } from '../../app/config/config.ts';
import { migrate } from '../../app/store/postgres/migrations.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { createBackupFolder, hasDumpPrograms, needsDumpPrograms, runCommand } from '../support/backups.ts';
import { type OwnDatabase, openOn } from '../support/own-database.ts';
import { silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { type LoggedInUser, logIn, logInNewUser } from '../support/users.ts';
import { startPostgres } from './servers/postgres.ts';
import { debianPostgres } from './servers/postgres-installation.ts';

/** Smaller numbers are for a quick look. */
const userCount = Number(process.env.BACKUP_USERS ?? 1_000_000);

/** Real hashes are as long, and as incompressible. Their names are unlike the reserved ones. */
const fill = `
  insert into users (id, email, username, password_hash)
  select
    gen_random_uuid(),
    'million' || n || '@example.com',
    'million' || n,
    '$argon2id$v=19$m=19456,t=2,p=1$' || encode(sha256(n::text::bytea), 'base64') || '$' ||
      encode(sha256(('h' || n)::bytea), 'base64')
  from generate_series(1, ${userCount}) n;
  insert into user_roles (user_id, role_id)
  select u.id, r.id
  from users u
  join roles r on r.name = 'user'
  on conflict do nothing;
  insert into login_histories (id, user_id, outcome, ip, user_agent)
  select gen_random_uuid(), id, 'success', '203.0.113.7', 'Mozilla/5.0 (X11; Linux x86_64)'
  from users;
  insert into audit_log (actor_type, action, target_type, target_id)
  select 'command_line', 'user.create', 'user', id::text
  from users
  limit ${Math.ceil(userCount / 10)};
  analyze`;

const leftOut = ['sessions', 'password_resets', 'service_secrets'];

/** The number of rows, and an MD5 over the sorted MD5s of all rows as text. */
async function hashTables(sql: postgres.Sql | postgres.TransactionSql): Promise<Record<string, string>> {
  const tables = await sql.unsafe<{ name: string }[]>(`
    select relname as name
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
    order by 1`);
  const hashes: Record<string, string> = {};
  for (const { name } of tables.filter((table) => !leftOut.includes(table.name))) {
    const [row] = await sql.unsafe<{ hash: string }[]>(`
      select count(*) || ' ' || coalesce(md5(string_agg(h, '' order by h)), '-') as hash
      from (select md5(t::text) as h from public.${name} t) hashed`);
    hashes[name] = row?.hash ?? '';
  }
  return hashes;
}

describe(needsDumpPrograms(`A backup of ${userCount} users under load`), function () {
  this.timeout(1_800_000);
  const cleanup = createCleanup();
  const folder = createBackupFolder();
  const keyFile = folder.keyFile();

  before(function () {
    if (!hasDumpPrograms || !debianPostgres(15)) this.skip();
    cleanup.add(folder.remove);
  });
  after(() => cleanup.run());

  async function startServer() {
    const installation = debianPostgres(15);
    if (!installation) throw new Error('checked before');
    const server = await startPostgres(installation, { shared_buffers: '256MB', max_wal_size: '4GB' });
    cleanup.add(() => server.stop());
    const sql = postgres(server.url, { max: 4, fetch_types: false, onnotice: () => undefined });
    cleanup.add(() => sql.end({ timeout: 1 }));
    return { url: server.url, sql };
  }

  /** A writer and a user who refreshes, one request after the other, until `stop` resolves. */
  function startLoad(own: OwnDatabase, user: LoggedInUser) {
    const counts = { refreshes: 0, writes: 0 };
    let isDone = false;
    async function refresh(): Promise<void> {
      for (let token = user.refresh; !isDone; counts.refreshes += 1) {
        const reply = await own.app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: token } });
        expect(reply.status, `refresh ${counts.refreshes}`).to.equal(200);
        token = reply.body.data.refresh_token;
      }
    }
    async function write(): Promise<void> {
      for (; !isDone; counts.writes += 1) {
        await own.run(`
          update users
          set username = 'changed' || ${counts.writes}, updated_at = now()
          where email = 'million${1 + (counts.writes % userCount)}@example.com'`);
        await own.run(`
          insert into audit_log (actor_type, action, target_type)
          values ('system', 'user.update', 'user')`);
      }
    }
    const both = Promise.all([refresh(), write()]);
    both.catch(() => undefined);
    return {
      counts,
      async stop() {
        isDone = true;
        await both;
      },
    };
  }

  /** Joins the snapshot that the backup exports, and hashes its tables. */
  async function hashSnapshot(sql: postgres.Sql): Promise<Record<string, string>> {
    let id: string | undefined;
    await until(async () => {
      [id] = (await sql.unsafe<{ id: string }[]>(`select pg_ls_dir('pg_snapshots') as id`)).map(
        (row) => row.id,
      );
      return id !== undefined;
    }, 60_000);
    return sql.begin('isolation level repeatable read read only', async (tx) => {
      await tx.unsafe(`set transaction snapshot '${id}'`);
      return hashTables(tx);
    }) as Promise<Record<string, string>>;
  }

  it('is restored elsewhere with every row of its snapshot, and is good for a drill', async () => {
    const source = await startServer();
    const elsewhere = await startServer();
    const target = { url: () => source.url, sslMode: 'disable', caFile: undefined } as const;
    await migrate({ target, log: silentLog });
    await source.sql.unsafe(fill);
    const own = await openOn(() => source.url, parseConfig({ ENV: 'test', DB_TIMEOUT: '1m' }).database);
    cleanup.add(() => own.close());
    const user = await logInNewUser(own.app);

    const load = startLoad(own, user);
    const hashing = hashSnapshot(source.sql);
    const backup = ['backup', '--to', folder.target, '--key-file', keyFile];
    const backed = await runCommand(backup, { DB_PRIMARY_DB_URL: source.url });
    const { refreshes, writes } = load.counts;
    const atSnapshot = await hashing;
    await load.stop();
    expect(
      [refreshes, writes].every((count) => count > 10),
      `${refreshes} and ${writes}`,
    ).to.equal(true);
    expect(backed.result.rows.users).to.equal(userCount + 1);
    const { size } = statSync(join(folder.target, backed.result.file));

    const env = { DB_PRIMARY_DB_URL: elsewhere.url };
    const restored = await runCommand(['restore', '--from', folder.target, '--key-file', keyFile], env);
    expect(await hashTables(elsewhere.sql)).to.deep.equal(atSnapshot);
    expect(await hashTables(source.sql), 'the load changed the source').to.not.deep.equal(atSnapshot);

    const there = await openOn(() => elsewhere.url, parseConfig({ ENV: 'test', DB_TIMEOUT: '1m' }).database);
    try {
      expect((await there.app.ask('GET /api/v1/users/me', { token: user.access })).status).to.equal(401);
      await logIn(there.app, user);
    } finally {
      await there.close();
    }
    const drilled = await runCommand(
      ['restore', '--from', folder.target, '--key-file', keyFile, '--drill'],
      env,
    );

    const { verify_seconds, restore_seconds, migrate_seconds } = restored.result;
    const figures = {
      ...{ users: userCount, rows: Object.values<number>(backed.result.rows).reduce((a, b) => a + b, 0) },
      ...{ bytes: size, backup_seconds: backed.result.seconds, refreshes, writes },
      ...{ verify_seconds, restore_seconds, migrate_seconds },
      drill: drilled.result,
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  });
});
