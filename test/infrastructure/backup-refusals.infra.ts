import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { faultOf, needsDumpPrograms } from '../support/backups.ts';
import { migrated, useBackedUpServer } from './servers/backed-up-server.ts';

describe(needsDumpPrograms('A restore of what is no backup of this database'), function () {
  this.timeout(300_000);
  const { createDatabase, folder, manifest, open, sql, url: serverUrl } = useBackedUpServer();

  /** A backup of a plain dump, as somebody makes it who can write to the target and has no key file. */
  function forge(dump: Buffer, changes: object = {}): string {
    const target = join(folder.root, `forged-${readdirSync(folder.root).length}`);
    mkdirSync(target);
    const { removed, seconds, ...genuine } = manifest();
    expect([removed, seconds]).to.not.include(undefined);
    const file = `${genuine.name}.dump`;
    const sha256 = createHash('sha256').update(dump).digest('hex');
    const forged = { ...genuine, file, encryption: 'none', size: dump.length, sha256, ...changes };
    writeFileSync(join(target, file), dump);
    writeFileSync(join(target, `${genuine.name}.json`), JSON.stringify({ manifest: forged, mac: null }));
    return target;
  }

  const dumpOf = (url: string, ...options: string[]): Buffer =>
    execFileSync('pg_dump', ['--format=custom', ...options, `--dbname=${url}`], { maxBuffer: 1e9 });

  const restoreForged = (target: string, url: string, ...options: string[]) =>
    faultOf(['restore', '--from', target, '--unauthenticated', ...options], { DB_PRIMARY_DB_URL: url });

  it('leaves the database empty after the dump of another project', async () => {
    const { url, objects } = await createDatabase();
    const other = await createDatabase();
    await open(other.url).unsafe('create table orders (id integer); insert into orders values (1)');
    const fault = await restoreForged(forge(dumpOf(other.url)), url);
    expect(fault).to.match(/^the restored rows are not those of the backup: .*orders 1 instead of none/);
    expect(await objects()).to.equal(0);
  });

  it('leaves the database empty after a dump with other rows, or with sessions', async () => {
    const { url, objects } = await createDatabase();
    const rows = { ...manifest().rows, users: 2 };
    expect(await restoreForged(forge(dumpOf(serverUrl()), { rows }), url)).to.match(/users 1 instead of 2/);
    expect(await objects()).to.equal(0);
    await sql().unsafe(`insert into sessions (id, user_id, mac_key, token_hash, idle_expires_at, expires_at)
      select gen_random_uuid(), id, 'k', 'h', now() + interval '1 day', now() + interval '1 day' from users`);
    const sessions = { ...manifest().rows, backups: 1, sessions: 1 };
    const fault = await restoreForged(forge(dumpOf(serverUrl()), { rows: sessions }), url);
    await sql().unsafe('delete from sessions');
    expect(fault).to.match(/sessions 1 instead of/);
    expect(await objects()).to.equal(0);
  });

  it('leaves the database empty after a file that is no dump, or a truncated one', async () => {
    const { url, objects } = await createDatabase();
    const dump = dumpOf(serverUrl());
    for (const part of [Buffer.from('no dump'), dump.subarray(0, dump.length >> 1), dump.subarray(0, -200)]) {
      expect(await restoreForged(forge(part), url)).to.match(/pg_restore ended with status 1/);
      expect(await objects()).to.equal(0);
    }
  });

  it('loses nothing when a restore with --replace fails', async () => {
    const { url } = await createDatabase();
    await migrated(url);
    const own = open(url);
    await own.unsafe(`insert into users (id, email, username, password_hash)
      values (gen_random_uuid(), 'old@example.com', 'old', 'hash')`);
    const rows = { ...manifest().rows, users: 7 };
    const fault = await restoreForged(forge(dumpOf(serverUrl()), { rows }), url, '--replace');
    expect(fault).to.match(/users \d instead of 7/);
    expect(Array.from(await own.unsafe('select email from users'))).to.deep.equal([
      { email: 'old@example.com' },
    ]);
    expect(
      Array.from(await own.unsafe(`select nspname from pg_namespace where nspname ~ '^replaced'`)),
    ).to.deep.equal([]);
  });

  it('is refused for a schema that is newer than the release, or was made by other migrations', async () => {
    const { url, objects } = await createDatabase();
    const dump = Buffer.from('not read');
    const newer = { ...manifest().migrations, '9999_later.sql': 'a'.repeat(64) };
    expect(await restoreForged(forge(dump, { migrations: newer }), url)).to.match(
      /newer than this release: 9999_later/,
    );
    const changed = { ...manifest().migrations, '0001_init.sql': 'a'.repeat(64) };
    expect(await restoreForged(forge(dump, { migrations: changed }), url)).to.match(
      /other migrations .*0001_init/,
    );
    const later = { postgres_version: '99.1' };
    expect(await restoreForged(forge(dump, later), url)).to.match(/the server 15\S* is older than/);
    expect(await objects()).to.equal(0);
  });
});
