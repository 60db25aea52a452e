import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../../../app/store/embedded/embedded-postgres.ts';
import { connect } from '../../../app/store/postgres/connection.ts';
import { parseTarget } from '../../../app/store/postgres/connection-target.ts';
import { createWaitLog } from '../../../app/store/postgres/lock-watch.ts';
import { migrationFolder, readMigrations } from '../../../app/store/postgres/migration-files.ts';
import { type MigrationOptions, migrate } from '../../../app/store/postgres/migrations.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { isSchemaCurrent } from '../../../app/store/postgres/schema-check.ts';
import { emptyCluster } from '../../support/empty-cluster.ts';
import { recordingLog } from '../../support/keys.ts';
import { createScratchDatabase, onEachStore, onRealStore, queries, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A folder of migrations for one test. */
function createFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const first = { '0001_one.sql': 'create table one (id integer, word text);' };
const concurrent = { '0002_two.sql': '-- why\ncreate index concurrently one_id_idx on one (id);' };

describe('migration files', () => {
  it('are read in order', () => {
    const folder = createFolder({ '0002_b.sql': 'select 2', '0001_a.sql': 'select 1', 'README.md': '' });
    expect(readMigrations(folder).map(({ name }) => name)).to.deep.equal(['0001_a.sql', '0002_b.sql']);
    rmSync(folder, { recursive: true });
  });

  it('must exist', () => {
    const folder = createFolder({ '1_not_a_migration.sql': '' });
    expect(() => readMigrations(folder)).to.throw('no migration found');
    expect(() => readMigrations(join(folder, 'missing'))).to.throw('no migration found');
    rmSync(folder, { recursive: true });
  });

  it('may contain a concurrent statement only alone', () => {
    const folder = createFolder({ '0001_a.sql': `select 1; ${concurrent['0002_two.sql']}` });
    expect(() => readMigrations(folder)).to.throw(
      '0001_a.sql: a concurrent statement must be alone in its file',
    );
    rmSync(folder, { recursive: true });
  });
});

onEachStore('migrations', (stores, kind) => {
  let url: () => string;
  let release: () => Promise<void>;
  const folders: string[] = [];
  const target = () => ({ url, sslMode: 'disable' as const, caFile: undefined });

  before(async function () {
    this.timeout(60_000);
    if (kind === 'real') {
      const scratch = await createScratchDatabase();
      [url, release] = [scratch.url, scratch.drop];
    } else {
      const content = await emptyCluster();
      const embedded = await startEmbeddedPostgres({
        ...{ dataDir: null, content, maxConnections: 4, log: silentLog },
      });
      [url, release] = [embedded.url, embedded.close];
    }
  });
  after(() => release());

  beforeEach(async () => {
    const options = { prepare: false, connectTimeout: 10_000, parameters: {}, log: silentLog };
    const connection = connect({ target: target(), ...options });
    await connection.unsafe('drop schema public cascade; create schema public');
    await connection.end();
  });
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function run(files?: Record<string, string>) {
    const folder = files ? createFolder(files) : migrationFolder;
    if (files) folders.push(folder);
    return migrate({ target: target(), folder, log: silentLog, embedded: kind === 'embedded' });
  }

  it('create the current schema in an empty database, and then have nothing to do', async () => {
    const names = readMigrations(migrationFolder).map(({ name }) => name);
    expect(await run()).to.deep.equal({ applied: names, alreadyApplied: 0, unknown: [] });
    expect(await run()).to.deep.equal({ applied: [], alreadyApplied: names.length, unknown: [] });
  });

  it('make the schema current', async () => {
    const { config } = stores();
    const database = createDatabase({ url, config, queries, log: silentLog, embedded: kind === 'embedded' });
    try {
      expect(await isSchemaCurrent(database)).to.equal(false);
      await run();
      expect(await isSchemaCurrent(database)).to.equal(true);
      const folder = createFolder({ ...first, ...concurrent, '0009_newer.sql': 'select 1' });
      folders.push(folder);
      expect(await isSchemaCurrent(database, folder)).to.equal(false);
    } finally {
      await database.close();
    }
  });

  it('reject a changed file that was applied before', async () => {
    await run(first);
    const refused = run({ '0001_one.sql': 'create table one (id bigint);' });
    expect(await refused.catch(messageOf)).to.equal('applied migrations were changed: 0001_one.sql');
  });

  it('accept a newer schema', async () => {
    await run({ ...first, ...concurrent });
    expect(await run(first)).to.deep.equal({ applied: [], alreadyApplied: 1, unknown: ['0002_two.sql'] });
  });

  it('roll back a failed file, keep the files before it, and continue with it in the next run', async () => {
    const failing = { ...first, '0002_two.sql': 'create table two (id integer); select 1 / 0;' };
    expect(await run(failing).catch(messageOf)).to.equal('migration 0002_two.sql failed: division by zero');
    const mended = { ...first, '0002_two.sql': 'create table two (id integer);' };
    expect(await run(mended)).to.deep.include({ applied: ['0002_two.sql'], alreadyApplied: 1 });
  });

  it('create an index concurrently', async () => {
    expect((await run({ ...first, ...concurrent })).applied).to.have.lengthOf(2);
  });
});

onRealStore('migrations on a server', () => {
  let url: () => string;
  let drop: () => Promise<void>;
  let folder: string;

  beforeEach(async () => {
    ({ url, drop } = await createScratchDatabase());
    folder = createFolder({ ...first, ...concurrent });
  });

  afterEach(async () => {
    await drop();
    rmSync(folder, { recursive: true });
  });

  const run = (options: Partial<MigrationOptions> = {}) =>
    migrate({ target: { url, sslMode: 'disable', caFile: undefined }, folder, log: silentLog, ...options });

  async function withSql<T>(use: (sql: postgres.Sql) => Promise<T>): Promise<T> {
    const sql = postgres(parseTarget({ url, sslMode: 'disable', caFile: undefined }).url, { max: 1 });
    try {
      return await use(sql);
    } finally {
      await sql.end();
    }
  }

  it('apply each file once in ten simultaneous runs', async function () {
    this.timeout(60_000);
    const reports = await Promise.all(Array.from({ length: 10 }, () => run()));
    const applied = reports.flatMap((report) => report.applied);
    expect(applied.sort()).to.deep.equal(['0001_one.sql', '0002_two.sql']);
  });

  it('replace the invalid index of an interrupted run', async () => {
    await withSql(async (sql) => {
      await sql.unsafe('create table one (id integer, word text); insert into one values (1), (1)');
      await sql.unsafe('create unique index concurrently one_id_idx on one (id)').catch(() => undefined);
      writeFileSync(join(folder, '0001_one.sql'), 'select 1');
      await run();
      const [index] = await sql`select indisvalid from pg_index where indexrelid = 'one_id_idx'::regclass`;
      expect(index?.indisvalid).to.equal(true);
    });
  });

  /** What a run says that gives up, or a failure of the test. */
  const refusalOf = (running: Promise<unknown>): Promise<string> =>
    running.then(() => 'no refusal', messageOf);

  it('give up when a table stays locked, and name the file, the lock and the session that has it', async () => {
    await run();
    writeFileSync(join(folder, '0003_three.sql'), 'alter table one add column more text;');
    await withSql((sql) =>
      sql.begin(async (tx) => {
        await tx`set local application_name = 'a report'`;
        await tx`lock table one in access share mode`;
        const [holder] = await tx`select pg_backend_pid() as pid`;
        const refused = await run({ lockTimeout: 400, tableWait: 0 }).catch((error: unknown) => error);
        expect(refused).to.include({ name: 'MigrationError', code: '55P03' });
        expect(messageOf(refused)).to.match(
          new RegExp(
            `^migration 0003_three\\.sql gave up: it waited for AccessExclusiveLock on one, which process ${holder?.pid} \\(role .*, application a report, client 127\\.0\\.0\\.1, idle in transaction for \\d+ s\\) has$`,
          ),
        );
      }),
    );
    expect((await run()).applied).to.deep.equal(['0003_three.sql']);
  });

  it('try again while a table is locked, and let the queries run that wait behind them', async () => {
    await run();
    writeFileSync(join(folder, '0003_three.sql'), 'alter table one add column more text;');
    const { log, lines } = recordingLog();
    await withSql(async (sql) => {
      const locked = await sql.reserve();
      await locked`begin`;
      await locked`lock table one in access share mode`;
      const running = run({ lockTimeout: 300, log });
      await until(() => lines.some(({ event }) => event === 'migration_waits'));
      await locked`rollback`;
      locked.release();
      expect((await running).applied).to.deep.equal(['0003_three.sql']);
    });
    const [line] = lines.filter(({ event }) => event === 'migration_waits');
    expect(line?.msg).to.match(
      /^migration 0003_three\.sql: it waits for AccessExclusiveLock on one, which process \d+ /,
    );
  });

  it('cancel an index that waits too long for an older transaction, and name that transaction', async () => {
    await withSql(async (sql) => {
      await sql`create table one (id integer, word text)`;
      writeFileSync(join(folder, '0001_one.sql'), 'select 1');
      const refused = await sql.begin(async (tx) => {
        await tx`insert into one values (1, 'old')`;
        return refusalOf(run({ lockWait: 0 }));
      });
      expect(refused).to.match(
        /^migration 0002_two\.sql gave up: it waited for the end of an older transaction, which process \d+ /,
      );
    });
  });

  it('wait for another run, and stop with an error that names its session when it takes too long', async () => {
    const { log, lines } = recordingLog();
    await withSql(async (sql) => {
      await sql`select pg_advisory_lock(1635087464)`;
      const [holder] = await sql`select pg_backend_pid() as pid`;
      expect(await refusalOf(run({ lockWait: 0 }))).to.match(
        new RegExp(
          `^another migration is running: this one waited 0 s for advisory lock 1635087464, which process ${holder?.pid} \\(.*\\) has\\. If no migration is running there, end that session with pg_terminate_backend$`,
        ),
      );
      const running = run({ log });
      await until(() => lines.some(({ event }) => event === 'migration_waits'));
      await sql`select pg_advisory_unlock_all()`;
      await running;
    });
    const waits = lines.filter(({ event }) => event === 'migration_waits');
    expect(waits).to.have.length(1);
    expect(waits[0]?.msg).to.match(/^the migration waits for another run: it waits for advisory lock /);
  });

  it('leave no lock behind', async () => {
    await run();
    await withSql(async (sql) => {
      const locks = await sql`
        select pid
        from pg_locks
        where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())`;
      expect(locks).to.have.length(0);
    });
  });
});

describe('the log of a wait for a lock', () => {
  it('has a line at the beginning, and then one every ten seconds', () => {
    const { log, lines } = recordingLog();
    let now = 0;
    const report = createWaitLog(log, 'migration 0001_a.sql', () => now);
    const session = { role: null, application: null, client: null, state: null, seconds: null };
    for (; now < 25_000; now += 1_000) report([{ lock: 'ShareLock on users', pid: 42, ...session }]);
    expect(lines.map(({ msg }) => msg)).to.deep.equal(
      Array(3).fill('migration 0001_a.sql: it waits for ShareLock on users, which process 42 has'),
    );
  });
});
