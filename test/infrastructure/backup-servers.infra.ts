import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startPostgres as startStandby } from '../../tools/torture/harness/postgres-server.ts';
import { faultOf, needsDumpPrograms, runCommand } from '../support/backups.ts';
import { migrated, useBackedUpServer } from './servers/backed-up-server.ts';
import { hasPgBouncer, startPgBouncer } from './servers/pgbouncer.ts';
import { startPostgres } from './servers/postgres.ts';
import { npmPostgres } from './servers/postgres-installation.ts';

describe(needsDumpPrograms('A backup or a restore, depending on its server and its target,'), function () {
  this.timeout(300_000);
  const {
    cleanup,
    createDatabase,
    folder,
    keyFile,
    manifest,
    open,
    sql,
    url: serverUrl,
  } = useBackedUpServer();

  it('is refused with a pg_dump that is older than the server', async function () {
    const installation = npmPostgres(18);
    if (!installation) return this.skip();
    const server = await startPostgres(installation);
    cleanup.add(() => server.stop());
    await migrated(server.url);
    const target = join(folder.root, 'newer-server');
    const fault = await faultOf(['backup', '--to', target, '--key-file', keyFile], {
      DB_PRIMARY_DB_URL: server.url,
    });
    expect(fault).to.match(/^pg_dump 15\S* is older than the server 18/);
    expect(existsSync(target) ? readdirSync(target) : []).to.deep.equal([]);
  });

  it('is refused through a pooler that shares sessions, with the variable to set', async function () {
    if (!hasPgBouncer) return this.skip();
    const pooler = await startPgBouncer({ poolMode: 'transaction', target: serverUrl() });
    cleanup.add(() => pooler.stop());
    const arguments_ = ['backup', '--to', join(folder.root, 'pooled'), '--key-file', keyFile];
    expect(await faultOf(arguments_, { DB_PRIMARY_DB_URL: pooler.url })).to.match(/Set DB_MIGRATION_URL/);
    const env = { DB_PRIMARY_DB_URL: pooler.url, DB_MIGRATION_URL: serverUrl() };
    expect((await runCommand(arguments_, env)).result.rows.users).to.equal(1);
  });

  it('is refused while a migration runs', async () => {
    const target = join(folder.root, 'migrating');
    await sql().begin(async (tx) => {
      await tx.unsafe('select pg_advisory_xact_lock(1635087464)');
      const fault = await faultOf(['backup', '--to', target, '--key-file', keyFile], {
        DB_PRIMARY_DB_URL: serverUrl(),
      });
      expect(fault).to.match(/^the schema is being migrated: .*process \d+/);
    });
  });

  it('is refused on a standby', async () => {
    const root = join(folder.root, 'standby');
    mkdirSync(root);
    const primary = await startStandby(root, cleanup);
    const standby = await startStandby(root, cleanup, { primary });
    const target = join(folder.root, 'of-a-standby');
    const fault = await faultOf(['backup', '--to', target, '--key-file', keyFile], {
      DB_PRIMARY_DB_URL: standby.url,
    });
    expect(fault).to.match(/standby/);
    expect(existsSync(target)).to.equal(false);
  });

  it('leaves nothing in a target that is full', async function () {
    const small = join(folder.root, 'small');
    mkdirSync(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', small], { stdio: 'pipe' });
    } catch {
      return this.skip();
    }
    cleanup.add(() => void execFileSync('umount', [small]));
    const fault = await faultOf(['backup', '--to', small, '--key-file', keyFile], {
      DB_PRIMARY_DB_URL: serverUrl(),
    });
    expect(fault).to.match(/ENOSPC/);
    expect(readdirSync(small)).to.deep.equal([]);
  });

  it('is refused for a target that cannot be written, and changes nothing there', async () => {
    const file = join(folder.root, 'a-file');
    writeFileSync(file, 'not a folder');
    const fault = await faultOf(['backup', '--to', file, '--key-file', keyFile], {
      DB_PRIMARY_DB_URL: serverUrl(),
    });
    expect(fault).to.match(/EEXIST|ENOTDIR/);
    expect(readFileSync(file, 'utf8')).to.equal('not a folder');
  });

  it('accepts with --replace an older backup, and revokes the keys that it is told', async () => {
    const { url } = await createDatabase();
    await migrated(url);
    const kid = 'A'.repeat(43);
    const restore = [
      'restore',
      '--from',
      folder.target,
      '--key-file',
      keyFile,
      '--replace',
      '--also-revoke',
      kid,
    ];
    const { result } = await runCommand(restore, { DB_PRIMARY_DB_URL: url });
    const own = open(url);
    expect(Array.from(await own.unsafe('select kid from revoked_signing_keys'))).to.deep.equal([{ kid }]);
    expect(result.replaced).to.include({ users: 0 });
    expect(result.remaining_work.join(' ')).to.contain(manifest().snapshot_at);
  });

  it('ends the sessions of a database that the provider has restored, and revokes the keys that it is told', async () => {
    const { url } = await createDatabase();
    await migrated(url);
    const own = open(url);
    await own.unsafe(`insert into users (id, email, username, password_hash)
      values (gen_random_uuid(), 'old@example.com', 'old', 'hash');
      insert into sessions (id, user_id, mac_key, token_hash, idle_expires_at, expires_at)
      select gen_random_uuid(), id, 'k', 'h', now() + interval '1 day', now() + interval '1 day' from users;
      insert into password_resets (user_id, token_hash, expires_at)
      select id, 'h', now() + interval '1 day' from users;
      insert into service_secrets (name, value) values ('session-states', 's')`);
    const kid = 'B'.repeat(43);
    const { result } = await runCommand(['restore', '--after-snapshot', '--also-revoke', kid], {
      DB_PRIMARY_DB_URL: url,
    });
    expect(result.deleted).to.deep.equal({ sessions: 1, password_resets: 1, service_secrets: 1 });
    const [counts] = await own.unsafe(`select
      (select count(*)::integer from sessions) as sessions,
      (select count(*)::integer from password_resets) as resets,
      (select count(*)::integer from service_secrets) as secrets,
      (select count(*)::integer from users) as users,
      (select kid from revoked_signing_keys) as kid`);
    expect(counts).to.deep.equal({ sessions: 0, resets: 0, secrets: 0, users: 1, kid });
  });

  it('can be tried by a drill in production, which leaves no database behind', async () => {
    const names = async () => Array.from(await sql().unsafe('select datname from pg_database order by 1'));
    const before = await names();
    const drill = ['restore', '--from', folder.target, '--key-file', keyFile, '--drill'];
    const env = { ENV: 'production', DB_PRIMARY_DB_URL: `${serverUrl()}?sslmode=disable` };
    const { result } = await runCommand(drill, env);
    expect(result.login_seconds).to.be.greaterThan(0);
    expect(result.rows.users).to.equal(1);
    expect(await names()).to.deep.equal(before);
    await sql().unsafe(`alter role current_user set default_transaction_read_only = on`);
    try {
      expect(await faultOf(drill, env)).to.match(/read-only/);
    } finally {
      await sql().unsafe(
        `set default_transaction_read_only = off; alter role current_user reset default_transaction_read_only`,
      );
    }
    expect(await names()).to.deep.equal(before);
  });
});
