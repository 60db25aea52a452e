import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import postgres from 'postgres';
import { migrateCommand } from '../../app/commands/migrate.ts';
import { ConfigError, parseConfig } from '../../app/config/config.ts';
import { migrate } from '../../app/store/postgres/migrations.ts';
import { createScratchDatabase, onRealStore, silentLog } from '../support/stores.ts';
import { type PgBouncer, startPgBouncer } from './servers/pgbouncer.ts';

onRealStore('Migrations through PgBouncer', () => {
  let pooler: PgBouncer | undefined;
  let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
  let folder: string;

  beforeEach(async () => {
    scratch = await createScratchDatabase();
    folder = mkdtempSync(join(tmpdir(), 'migrations-'));
    writeFileSync(join(folder, '0001_one.sql'), 'create table one (id integer, word text);');
    writeFileSync(join(folder, '0002_two.sql'), 'create index concurrently one_id_idx on one (id);');
  });

  afterEach(async () => {
    await pooler?.stop();
    await scratch.drop();
    rmSync(folder, { recursive: true });
  });

  const run = (url: string) =>
    migrate({ target: { url: () => url, sslMode: 'disable', caFile: undefined }, folder, log: silentLog });

  async function ask(statement: string): Promise<readonly object[]> {
    const sql = postgres(scratch.url(), { max: 1 });
    try {
      return await sql.unsafe(statement);
    } finally {
      await sql.end();
    }
  }

  const locks = () =>
    ask(`select pid
      from pg_locks
      where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())`);

  it('that pools transactions are refused with the reason, and leave neither a lock nor a table', async () => {
    pooler = await startPgBouncer({ poolMode: 'transaction', target: scratch.url() });
    const { url } = pooler;
    const refusal = await run(url).then(
      () => 'no refusal',
      (error: Error) => error.message,
    );
    expect(await locks(), 'a lock on a pooled connection').to.have.length(0);
    expect(refusal).to.equal(
      'a pooler shares the sessions of Postgres between its clients, and a migration needs a session. Set DB_MIGRATION_URL to Postgres itself, or to a pooler with pool_mode=session.',
    );
    expect(await ask("select 1 from pg_class where relname in ('one', 'schema_migrations')")).to.have.length(
      0,
    );
  });

  it('that pools sessions are applied, and leave no lock on a pooled connection', async () => {
    // Without a reset, a connection goes to the next client as it is.
    const settings = { server_reset_query: '' };
    pooler = await startPgBouncer({ poolMode: 'session', target: scratch.url(), settings });
    expect((await run(pooler.url)).applied).to.deep.equal(['0001_one.sql', '0002_two.sql']);
    expect(await locks()).to.have.length(0);
    expect((await run(pooler.url)).applied).to.deep.equal([]);
  });

  it('are applied through DB_MIGRATION_URL, and the command names this variable where it is missing', async () => {
    pooler = await startPgBouncer({ poolMode: 'transaction', target: scratch.url() });
    const env = { DB_PRIMARY_DB_URL: pooler.url, REDIS_URL: 'redis://127.0.0.1:1' };
    const refused = await migrateCommand(parseConfig(env), silentLog).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(ConfigError);
    expect((refused as ConfigError).faults[0]).to.match(/^DB_PRIMARY_DB_URL: .* Set DB_MIGRATION_URL to /);
    await migrateCommand(parseConfig({ ...env, DB_MIGRATION_URL: scratch.url() }), silentLog);
    expect(await ask('select 1 from schema_migrations limit 1')).to.have.length(1);
  });
});
