import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startEmbeddedPostgres } from '../../../app/store/embedded/embedded-postgres.ts';
import { connect } from '../../../app/store/postgres/connection.ts';
import { migrationFolder, readMigrations } from '../../../app/store/postgres/migration-files.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { isSchemaCurrent } from '../../../app/store/postgres/schema-check.ts';
import { emptyCluster } from '../../support/empty-cluster.ts';
import { createScratchDatabase, onEachStore, onRealStore, queries, silentLog } from '../../support/stores.ts';
import { concurrent, createFolder, first, messageOf, useScratchMigrations } from './migration-folders.ts';

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
  const { file, run, withSql } = useScratchMigrations();

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
      writeFileSync(file('0001_one.sql'), 'select 1');
      await run();
      const [index] = await sql`select indisvalid from pg_index where indexrelid = 'one_id_idx'::regclass`;
      expect(index?.indisvalid).to.equal(true);
    });
  });
});
