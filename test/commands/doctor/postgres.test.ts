import { expect } from 'chai';
import { postgresConnectionChecks } from '../../../app/commands/doctor/checks/postgres-connection.ts';
import { postgresSchemaChecks } from '../../../app/commands/doctor/checks/postgres-schema.ts';
import { postgresStateChecks } from '../../../app/commands/doctor/checks/postgres-state.ts';
import type { DoctorSources } from '../../../app/commands/doctor/doctor-context.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { createDatabaseWithRoles } from '../../support/database-roles.ts';
import { runOn } from '../../support/servers.ts';
import { createScratchDatabase, onRealStore, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { diagnose } from './support/diagnosis.ts';
import { createProduction } from './support/production.ts';

const checks = [...postgresConnectionChecks, ...postgresStateChecks, ...postgresSchemaChecks];

/** The key of the advisory lock of migrations, which every release uses. */
const migrationLock = 1_635_087_464;

onRealStore('The doctor and Postgres', () => {
  let database: Awaited<ReturnType<typeof createDatabaseWithRoles>>;
  before(async () => {
    database = await createDatabaseWithRoles();
    const { ownerUrl, service } = database;
    const target = { url: ownerUrl, sslMode: 'disable' as const, caFile: undefined };
    await migrate({ target, log: silentLog, serviceRole: service });
  });
  after(() => database.drop());

  const run = (more: Partial<DoctorSources> & { url?: string } = {}) => {
    const { url = database.serviceUrl(), env, ...sources } = more;
    return diagnose({ ...sources, env: { DB_PRIMARY_DB_URL: url, ...env } }, checks);
  };

  async function owned(statement: string): Promise<void> {
    expect(await database.asOwner(statement)).to.equal('done');
  }

  /** What the doctor finds between two statements of the owner. */
  async function between(make: string, undo: string) {
    await owned(make);
    try {
      return await run();
    } finally {
      await owned(undo);
    }
  }

  it('finds nothing wrong with a database of two roles', async () => {
    const { problems, findings } = await run();
    expect(problems).to.deep.equal([]);
    const statuses = postgresConnectionChecks.map(({ id }) => findings.get(id)?.status);
    expect([...new Set(statuses)]).to.deep.equal(['passed']);
  });

  it('finds a host name without an address', async () => {
    expect((await run({ url: 'postgresql://auth@db.invalid/auth' })).problems).to.deep.equal([
      'failed database-dns',
    ]);
  });

  it('finds an address where nobody listens', async () => {
    expect((await run({ url: 'postgresql://auth@127.0.0.1:1/auth' })).problems).to.deep.equal([
      'failed database-refused',
    ]);
  });

  it('finds a database that does not exist', async () => {
    const url = new URL(database.adminUrl());
    url.pathname = '/auth_test_that_does_not_exist';
    expect((await run({ url: url.href })).problems).to.deep.equal(['failed database-missing']);
  });

  it('finds a role that may not connect to the database', async () => {
    const url = new URL(database.serviceUrl());
    const scratch = await createScratchDatabase();
    try {
      url.pathname = new URL(scratch.url()).pathname;
      const name = url.pathname.slice(1);
      await database.admin.unsafe(`revoke connect on database ${name} from public`);
      expect((await run({ url: url.href })).problems).to.deep.equal(['failed database-access']);
    } finally {
      await scratch.drop();
    }
  });

  it('finds an empty database', async () => {
    const { url, drop } = await createScratchDatabase();
    try {
      const { problems, findings } = await run({ url: url() });
      expect(problems).to.deep.equal(['failed schema-behind']);
      expect(findings.get('schema-behind')?.message).to.equal('The database is empty');
      // It must stay so: the doctor changes nothing. The statement fails if the table exists.
      await runOn(url(), 'create table public.schema_migrations ()');
    } finally {
      await drop();
    }
  });

  it('finds a schema that is behind, ahead and changed', async () => {
    const newest = `(select max(name) from public.schema_migrations)`;
    await owned(`create table public.kept as select * from public.schema_migrations where name = ${newest}`);
    const behind = await between(
      `delete from public.schema_migrations where name = ${newest}`,
      'insert into public.schema_migrations select * from public.kept',
    );
    await owned('drop table public.kept');
    expect(behind.problems).to.deep.equal(['failed schema-behind']);
    const ahead = await between(
      `insert into public.schema_migrations values ('9999_future.sql', 'x')`,
      `delete from public.schema_migrations where name = '9999_future.sql'`,
    );
    expect(ahead.problems).to.deep.equal(['warning schema-ahead']);
    const first = `name = '0001_init.sql'`;
    const changed = await between(
      `update public.schema_migrations set checksum = 'x' || checksum where ${first}`,
      `update public.schema_migrations set checksum = substr(checksum, 2) where ${first}`,
    );
    expect(changed.problems).to.deep.equal(['failed schema-changed']);
  });

  it('finds rights that are missing, and those that are too many', async () => {
    const { service } = database;
    const missing = await between(
      `revoke insert on users from ${service}`,
      `grant insert on users to ${service}`,
    );
    expect(missing.problems).to.deep.equal(['failed database-rights']);
    expect(missing.findings.get('database-rights')?.message).to.contain('lacks insert on users');
    const excess = await between(
      `grant update on audit_log to ${service}`,
      `revoke update on audit_log from ${service}`,
    );
    expect(excess.problems).to.deep.equal(['warning database-history']);
  });

  it('finds an index whose creation was interrupted', async () => {
    await owned('create table public.twins as select 1 as n from generate_series(1, 2)');
    expect(await database.asOwner('create unique index concurrently twins_n on public.twins (n)')).to.equal(
      '23505',
    );
    const { problems, text } = await run();
    await owned('drop table public.twins');
    expect(problems).to.deep.equal(['warning database-indexes']);
    expect(text).to.contain('reindex index concurrently twins_n');
  });

  it('finds a session that has the lock of migrations, and what a migration waits for', async () => {
    const { admin, ownerSql } = database;
    await admin.begin(async (blocker) => {
      await blocker.unsafe('lock table users');
      const blocked = ownerSql.begin(async (tx) => {
        await tx.unsafe(`select pg_advisory_xact_lock(${migrationLock})`);
        await tx.unsafe('alter table users add column never boolean');
      });
      blocked.catch(() => undefined);
      const [own] = await blocker.unsafe('select pg_backend_pid() as pid');
      const isBlocked = `select count(*)::integer as n from pg_locks where not granted and ${own?.pid} = any(pg_blocking_pids(pid))`;
      await until(async () => (await blocker.unsafe(isBlocked))[0]?.n === 1);
      const { problems, findings } = await run();
      expect(problems).to.deep.equal(['failed migration-lock']);
      expect(findings.get('migration-lock')?.fix).to.contain(`pg_terminate_backend(${own?.pid})`);
      await blocker.unsafe(
        `select pg_cancel_backend(pid) from pg_locks where not granted and ${own?.pid} = any(pg_blocking_pids(pid))`,
      );
      await blocked.catch(() => undefined);
    });
    await ownerSql.begin(async (tx) => {
      await tx.unsafe(`select pg_advisory_xact_lock(${migrationLock})`);
      const { problems, findings } = await run();
      expect(problems).to.deep.equal(['warning migration-lock']);
      expect(findings.get('migration-lock')?.message).to.contain(`role ${database.owner}`);
    });
  });

  it('finds a primary that is read-only, and a setting that loses revocations', async () => {
    const name = new URL(database.ownerUrl()).pathname.slice(1);
    const readOnly = await between(
      `alter database ${name} set default_transaction_read_only = on`,
      `set transaction_read_only = off; alter database ${name} reset default_transaction_read_only`,
    );
    expect(readOnly.problems).to.deep.equal(['failed database-writable']);
    const unsafe = await between(
      `alter database ${name} set synchronous_commit = off`,
      `alter database ${name} reset synchronous_commit`,
    );
    expect(unsafe.problems).to.deep.equal(['warning database-settings']);
  });

  it('finds more replicas than there are connections, and too few with those that drain', async () => {
    const { problems, findings } = await run({ replicas: 5_000 });
    expect(problems).to.deep.equal(['failed database-connection-budget']);
    const message = findings.get('database-connection-budget')?.message ?? '';
    expect(message).to.contain('5000 × DB_POOL_MAX (10) = 50000');
    const available = Number(/ = 50000 of (\d+) /.exec(message)?.[1]);
    const updating = await run({ replicas: Math.round((0.75 * available) / 10) });
    expect(updating.problems).to.deep.equal(['warning database-connection-budget']);
  });

  it('finds a replica that cannot be used', async () => {
    const { problems } = await run({ env: { DB_REPLICA_DB_URL: 'postgresql://auth@127.0.0.1:1/auth' } });
    expect(problems).to.deep.equal(['warning database-replica']);
  });

  it('finds that the configured key is revoked', async () => {
    const { env, remove } = createProduction();
    const { JWT_ALGORITHM, JWT_PRIVATE_KEY_PATH, JWT_PUBLIC_KEY_PATH } = env;
    const keys = { JWT_ALGORITHM, JWT_PRIVATE_KEY_PATH, JWT_PUBLIC_KEY_PATH };
    const before = await run({ env: keys });
    const kid = /The key (\S+) is not revoked/.exec(before.text)?.[1];
    await owned(`insert into public.revoked_signing_keys (kid) values ('${kid}')`);
    const { problems } = await run({ env: keys });
    await owned('delete from public.revoked_signing_keys');
    remove();
    expect([before.problems, problems]).to.deep.equal([[], ['failed jwt-key-revoked']]);
  });
});
