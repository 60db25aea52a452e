import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import postgres from 'postgres';
import { parseTarget } from '../../../app/store/postgres/connection-target.ts';
import { migrationFolder } from '../../../app/store/postgres/migration-files.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { createStore, type SystemStore } from '../../../app/store/store.ts';
import { addMonth } from '../../support/partitions.ts';
import { auditEntry } from '../../support/rows.ts';
import { createScratchDatabase, onRealStore, queries, silentLog } from '../../support/stores.ts';

/** The statement of release 1.0.0, which runs beside this one during a rolling update. */
const oldInsert = `insert into audit_log (actor_id, action, target_type, target_id, detail, ip, request_id)
  values ($1, $2, 'user', $3, '{"roles": ["admin"]}', '192.0.2.1', 'r-1')`;

onRealStore('the audit log of an installation of release 1.0.0', (stores) => {
  const role = `auth_test_${randomBytes(6).toString('hex')}`;
  const [admin, user] = [randomUUID(), randomUUID()];
  let sql: postgres.Sql;
  let store: SystemStore;
  let close: () => Promise<void>;

  before(async function () {
    this.timeout(60_000);
    const { url, drop } = await createScratchDatabase();
    const target = { url, sslMode: 'disable' as const, caFile: undefined };
    sql = postgres(parseTarget(target).url, { max: 1, onnotice: () => undefined });
    const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
    cpSync(migrationFolder, folder, {
      recursive: true,
      filter: (path) => !/\d{4}_/.test(path) || /000[123]_/.test(path),
    });
    await migrate({ target, folder, log: silentLog });
    rmSync(folder, { recursive: true });
    // A role for the service as the documents of that release described it.
    await sql.unsafe(`create role ${role};
      grant select, insert, update, delete on all tables in schema public to ${role};
      alter default privileges in schema public grant all on tables to ${role}`);
    await sql.unsafe(oldInsert, [admin, 'user.roles', user]);
    await sql.unsafe(oldInsert, [null, 'user.grant_admin', user]);
    await migrate({ target, log: silentLog });
    const database = createDatabase({ url, config: stores().config, queries, log: silentLog });
    store = createStore(database);
    close = async () => {
      await database.close();
      await sql.unsafe(`drop owned by ${role}; drop role ${role}`);
      await sql.end();
      await drop();
    };
  });
  after(() => close());

  async function asRole(statement: string, params: (string | null)[] = []) {
    await sql.unsafe(`set role ${role}`);
    try {
      return await sql.unsafe(statement, params);
    } catch (error) {
      return error instanceof postgres.PostgresError ? error.code : error;
    } finally {
      await sql.unsafe('reset role');
    }
  }

  it('keeps its rows and says how their actors acted', async () => {
    const { items } = await store.auditLog.search({ limit: 10, target: { type: 'user', id: user } });
    const [second, first] = items.filter(({ requestId }) => requestId === 'r-1').slice(-2);
    expect(first).to.include({ actorType: 'user', actorId: admin, action: 'user.roles', outcome: 'success' });
    expect(first?.detail).to.deep.equal({ roles: ['admin'] });
    expect(second).to.include({ actorType: 'command_line', actorId: null, action: 'user.grant_admin' });
    expect([second?.oldValues, second?.newValues]).to.deep.equal([{}, {}]);
  });

  it('takes rows of both releases, each with the next id', async () => {
    const target = { type: 'user', id: randomUUID() };
    await asRole(oldInsert, [admin, 'user.roles', target.id]);
    await store.auditLog.insert(auditEntry({ targetId: target.id }));
    const { items } = await store.auditLog.search({ limit: 2, target });
    expect(items.map(({ sessionId }) => sessionId === null)).to.deep.equal([false, true]);
    const ids = await sql<{ id: string }[]>`select id from audit_log order by id`;
    expect(new Set(ids.map(({ id }) => id)).size).to.equal(ids.length);
  });

  it('lets the role of the service insert and read, and no longer change or delete', async () => {
    const partitions = await sql<{ name: string }[]>`
      select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_log'::regclass`;
    expect(partitions.length).to.be.above(12);
    expect(await asRole('select id from audit_log limit 1')).to.have.length(1);
    for (const table of ['audit_log', ...partitions.map(({ name }) => name)])
      for (const change of [`update ${table} set action = ''`, `delete from ${table}`, `truncate ${table}`])
        expect([change, await asRole(change)]).to.deep.equal([change, '42501']);
  });

  it('still lets that role create partitions, which PUBLIC cannot', async () => {
    expect(await asRole('select create_login_history_partitions(12)')).to.have.length(1);
    expect(await asRole('select create_audit_log_partitions(12)')).to.have.length(1);
    const open = await sql<{ name: string }[]>`
      select p.proname as name
      from pg_proc p
      cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      where p.pronamespace = 'public'::regnamespace
        and a.grantee = 0`;
    expect(open.map(({ name }) => name)).to.deep.equal([]);
  });

  it('is dropped by month, of which twelve always stay, and says so itself', async () => {
    // The partition with the rows of release 1.0.0 contains all earlier months.
    const [oldest] = await sql<{ name: string; bound: string }[]>`
      select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
      from pg_class c where c.relname ~ '^audit_log_until_\\d{4}_\\d{2}$'`;
    if (!oldest) throw new Error('one row');
    await sql.unsafe(`alter table audit_log detach partition ${oldest.name}`);
    const [kept, old] = [await addMonth(sql, 'audit_log', 12), await addMonth(sql, 'audit_log', 13)];
    const current = await addMonth(sql, 'audit_log', 0);
    expect(await store.auditLog.dropPartitions(1)).to.deep.equal([old]);
    expect(await store.auditLog.dropPartitions(1)).to.deep.equal([]);
    const { items } = await store.auditLog.search({ limit: 1, action: 'audit_log.drop_partition' });
    expect(items[0]).to.include({ actorType: 'system', actorId: null, targetId: old });
    // As before, for the other tests.
    await sql.unsafe(`drop table ${kept}; drop table ${current};
      alter table audit_log attach partition ${oldest.name} ${oldest.bound}`);
  });
});
