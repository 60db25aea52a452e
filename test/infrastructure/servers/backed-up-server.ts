import postgres from 'postgres';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { createCleanup } from '../../../tools/torture/harness/cleanup.ts';
import { createBackupFolder, hasDumpPrograms, runCommand } from '../../support/backups.ts';
import { withDatabase } from '../../support/servers.ts';
import { silentLog } from '../../support/stores.ts';
import { startPostgres } from './postgres.ts';
import { debianPostgres } from './postgres-installation.ts';

/** Applies all migrations to a database. */
export const migrated = (url: string) =>
  migrate({ target: { url: () => url, sslMode: 'disable', caFile: undefined }, log: silentLog });

/** A server with one user, and a backup of it in a folder, for the length of one suite. */
export function useBackedUpServer() {
  const cleanup = createCleanup();
  const folder = createBackupFolder();
  const keyFile = folder.keyFile();
  // biome-ignore lint/suspicious/noExplicitAny: other tests check the form of the manifest
  const state = {} as { sql: postgres.Sql; url: string; manifest: any };
  let databases = 0;

  const open = (url: string): postgres.Sql => {
    const opened = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined });
    cleanup.add(() => opened.end({ timeout: 1 }));
    return opened;
  };

  before(async function () {
    this.timeout(300_000);
    const installation = debianPostgres(15);
    if (!hasDumpPrograms || !installation) return this.skip();
    cleanup.add(folder.remove);
    const server = await startPostgres(installation);
    cleanup.add(() => server.stop());
    state.url = server.url;
    state.sql = open(server.url);
    await migrated(server.url);
    await state.sql.unsafe(`insert into users (id, email, username, password_hash)
      values (gen_random_uuid(), 'jane@example.com', 'jane', 'hash')`);
    const env = { DB_PRIMARY_DB_URL: server.url };
    const run = await runCommand(['backup', '--to', folder.target, '--key-file', keyFile], env);
    state.manifest = run.result;
  });
  after(() => cleanup.run());

  return {
    ...{ cleanup, folder, keyFile, open },
    url: () => state.url,
    sql: () => state.sql,
    manifest: () => state.manifest,
    /** An empty database on the server. */
    async createDatabase(): Promise<{ url: string; objects(): Promise<number> }> {
      databases += 1;
      const name = `empty_${databases}`;
      await state.sql.unsafe(`create database ${name}`);
      const url = withDatabase(state.url, name);
      const own = open(url);
      return {
        url,
        async objects() {
          const [row] = await own.unsafe<{ count: number }[]>(
            `select count(*)::integer as count from pg_class where relnamespace = 'public'::regnamespace`,
          );
          return row?.count ?? -1;
        },
      };
    },
  };
}
