import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import postgres from 'postgres';
import { createActiveSessionCount } from '../../../app/jobs/count-active-sessions.ts';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';
import type { Database } from '../../../app/store/postgres/database.ts';
import { createStore } from '../../../app/store/store.ts';
import {
  createBackupFolder,
  faultOf,
  hasDumpPrograms,
  needsDumpPrograms,
  runCommand,
} from '../../support/backups.ts';
import { damages } from '../../support/damaged-backups.ts';
import { series } from '../../support/exposition.ts';
import { type OwnDatabase, openOn, openOwnDatabase } from '../../support/own-database.ts';
import { createScratchDatabase, onRealStore, silentLog } from '../../support/stores.ts';
import { type LoggedInUser, logIn, logInNewUser } from '../../support/users.ts';

/** Every function and who may execute it, without the roles of the test. */
const privileges = `
  select proname, array_to_string(proacl, ' ') as acl
  from pg_proc
  where pronamespace = 'public'::regnamespace
  order by 1`;

const objects = `select relname from pg_class where relnamespace = 'public'::regnamespace`;

onRealStore(needsDumpPrograms('auth-service backup and restore'), (stores) => {
  const folder = createBackupFolder();
  const keyFile = folder.keyFile();
  let source: OwnDatabase & { drop(): Promise<void> };
  let user: LoggedInUser;
  // biome-ignore lint/suspicious/noExplicitAny: the tests check its form
  let manifest: any;
  const data = (): string => join(folder.target, manifest.file);

  before(async function () {
    if (!hasDumpPrograms) this.skip();
    source = await openOwnDatabase(stores().config, { connections: 2 });
    user = await logInNewUser(source.app);
    const run = await runCommand(['backup', '--to', folder.target, '--key-file', keyFile], {
      DB_PRIMARY_DB_URL: source.url(),
    });
    manifest = run.result;
  });
  after(async () => {
    await source?.close();
    await source?.drop();
    folder.remove();
  });

  /** Runs `work` with the URL of an empty database, and `open` on it after a restore. */
  async function onEmptyDatabase(work: (url: string) => Promise<void>): Promise<void> {
    const scratch = await createScratchDatabase();
    try {
      await work(scratch.url());
    } finally {
      await scratch.drop();
    }
  }

  const restoreFrom = (target: string, ...options: string[]): string[] => [
    'restore',
    '--from',
    target,
    ...options,
  ];

  it('writes a manifest with the rows of each table, and leaves out sessions, reset tokens and secrets', async () => {
    const tables = await source.run<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
    );
    expect(Object.keys(manifest.rows)).to.have.members(tables.map(({ name }) => name));
    expect(manifest.rows).to.include({ users: 1, user_roles: 1, login_histories: 1 });
    const [{ sessions } = { sessions: 0 }] = await source.run<{ sessions: number }>(
      'select count(*)::integer as sessions from sessions',
    );
    expect(sessions, 'in the database').to.equal(1);
    expect(manifest.rows).to.include({ sessions: 0, password_resets: 0, service_secrets: 0 });
    expect(manifest).to.include({ service_version: '9.9.9', encryption: 'key-file' });
  });

  it('encrypts what is in the target', () => {
    const bytes = readFileSync(data());
    expect(bytes.subarray(0, 21).toString()).to.equal('age-encryption.org/v1');
    expect(bytes.includes('PGDMP')).to.equal(false);
    expect(bytes.length).to.equal(manifest.size);
    expect(readdirSync(folder.target)).to.have.members([manifest.file, `${manifest.name}.json`]);
  });

  it('records the backup, whose time the service reports, or that of the schema without a backup', async () => {
    const read = async (database: Database): Promise<number | undefined> => {
      const [store, metrics] = [createStore(database), createMetrics('test')];
      await createActiveSessionCount({ store, metrics, redis: createInMemoryRedis(), log: silentLog })();
      return (await series(metrics)).get('auth_last_backup_timestamp_seconds');
    };
    const rows = await source.run<{ name: string; target: string; rowCount: string }>(
      'select name, target, row_count from backups',
    );
    const total = Object.values<number>(manifest.rows).reduce((sum, count) => sum + count, 0);
    expect(rows).to.deep.equal([{ name: manifest.name, target: 'folder', rowCount: String(total) }]);
    expect(await read(source.database)).to.equal(Date.parse(manifest.snapshot_at) / 1_000);
    await source.run('delete from backups');
    const [row] = await source.run<{ created: Date }>(
      'select min(applied_at) as created from schema_migrations',
    );
    expect(await read(source.database)).to.equal((row?.created.getTime() ?? 0) / 1_000);
  });

  it('restores the accounts into an empty database, where nobody is logged in any more', async () => {
    await onEmptyDatabase(async (url) => {
      const { result } = await runCommand(restoreFrom(folder.target, '--key-file', keyFile), {
        DB_PRIMARY_DB_URL: url,
      });
      expect(result.rows).to.deep.equal(manifest.rows);
      const restored = await openOn(() => url, stores().config);
      try {
        expect((await restored.app.ask('GET /api/v1/users/me', { token: user.access })).status).to.equal(401);
        const refreshed = await restored.app.ask('POST /api/v1/auth/refresh', {
          body: { refresh_token: user.refresh },
        });
        expect([refreshed.status, refreshed.body.code]).to.deep.equal([401, 'invalid_refresh_token']);
        const again = await logIn(restored.app, user);
        const me = await restored.app.ask('GET /api/v1/users/me', { token: again.access });
        expect(me.body.data.id).to.equal(user.id);
        expect(await restored.run(privileges)).to.deep.equal(await source.run(privileges));
      } finally {
        await restored.close();
      }
    });
  });

  it('refuses a database that is not empty, and says what it contains', async () => {
    const fault = await faultOf(restoreFrom(folder.target, '--key-file', keyFile), {
      DB_PRIMARY_DB_URL: source.url(),
    });
    expect(fault).to.match(/^the database is not empty\. --replace deletes .*users 1/);
  });

  it('refuses a damaged backup, and leaves the database empty', async () => {
    await onEmptyDatabase(async (url) => {
      for (const [index, [what, damage, expected]] of damages(manifest).entries()) {
        const copy = join(folder.root, `damaged-${index}`);
        cpSync(folder.target, copy, { recursive: true });
        damage(copy);
        const fault = await faultOf(restoreFrom(copy, '--key-file', keyFile), { DB_PRIMARY_DB_URL: url });
        expect(fault, what).to.match(expected);
      }
      const sql = postgres(url, { max: 1, fetch_types: false });
      expect(Array.from(await sql.unsafe(objects))).to.deep.equal([]);
      await sql.end();
    });
  });

  it('refuses a backup without its key, and with another one', async () => {
    await onEmptyDatabase(async (url) => {
      const env = { DB_PRIMARY_DB_URL: url };
      expect(await faultOf(restoreFrom(folder.target), env)).to.match(/nothing shows who made the backup/);
      const other = ['--key-file', folder.keyFile()];
      expect(await faultOf(restoreFrom(folder.target, ...other), env)).to.match(/another key/);
      const without = await faultOf(restoreFrom(folder.target, '--unauthenticated'), env);
      expect(without).to.match(/encrypted with a key file/);
    });
  });
});
