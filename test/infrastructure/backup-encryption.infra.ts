import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { faultOf, needsDumpPrograms, runCommand } from '../support/backups.ts';
import { useBackedUpServer } from './servers/backed-up-server.ts';

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describe(needsDumpPrograms('The encryption of a backup'), function () {
  this.timeout(300_000);
  const { cleanup, createDatabase, folder, keyFile, manifest, url } = useBackedUpServer();

  /** Makes a backup in a folder of its own. @returns the folder, the data file, and its beginning */
  async function backUp(name: string, ...options: string[]) {
    const target = join(folder.root, name);
    const { result } = await runCommand(['backup', '--to', target, ...options], { DB_PRIMARY_DB_URL: url() });
    const file = join(target, result.file);
    return { target, file, head: readFileSync(file).subarray(0, 21).toString('latin1') };
  }

  /** Restores into a new database. @returns the rows of users */
  async function restore(target: string, ...options: string[]): Promise<number> {
    const database = await createDatabase();
    const { result } = await runCommand(['restore', '--from', target, ...options], {
      DB_PRIMARY_DB_URL: database.url,
    });
    return result.rows.users;
  }

  it('for recipients of age can be undone by the restore and by the program age, with each identity', async function () {
    if (!has('age-keygen')) return this.skip();
    const identities = ['first', 'second', 'other'].map((name) => join(folder.root, `identity-${name}`));
    for (const path of identities) execFileSync('age-keygen', ['-o', path], { stdio: 'pipe' });
    const recipients = identities
      .slice(0, 2)
      .flatMap((path) => [
        '--age-recipient',
        execFileSync('age-keygen', ['-y', path], { encoding: 'utf8' }).trim(),
      ]);
    const { target, file, head } = await backUp('age', ...recipients, '--key-file', keyFile);
    expect(head).to.equal('age-encryption.org/v1');
    for (const path of identities.slice(0, 2)) {
      const plain = execFileSync('age', ['--decrypt', '--identity', path, file], { maxBuffer: 1e9 });
      expect(plain.subarray(0, 5).toString()).to.equal('PGDMP');
      expect(await restore(target, '--key-file', keyFile, '--age-identity', path)).to.equal(1);
    }
    const database = await createDatabase();
    const wrong = ['restore', '--from', target, '--key-file', keyFile, '--age-identity', identities[2] ?? ''];
    expect(await faultOf(wrong, { DB_PRIMARY_DB_URL: database.url })).to.match(/cannot be decrypted/);
    expect(await database.objects()).to.equal(0);
  });

  it('with a key file can be undone by the program age, whose passphrase is the secret', function () {
    if (!has('age') || !has('script')) return this.skip();
    const [file, plain] = [join(folder.target, manifest().file), join(folder.root, 'decrypted')];
    // age asks for a passphrase on a terminal only.
    const { status } = spawnSync('script', ['-qec', `age --decrypt --output ${plain} ${file}`, '/dev/null'], {
      input: `${readFileSync(keyFile, 'utf8').trim()}\n`,
    });
    expect(status).to.equal(0);
    expect(readFileSync(plain).subarray(0, 5).toString()).to.equal('PGDMP');
  });

  it('for recipients of gpg can be undone by the restore, and not without their key', async function () {
    if (!has('gpg')) return this.skip();
    // The socket of its agent needs a short path.
    const home = mkdtempSync(join(tmpdir(), 'gpg-'));
    const gpgHome = process.env.GNUPGHOME;
    process.env.GNUPGHOME = home;
    cleanup.add(() => {
      if (gpgHome === undefined) delete process.env.GNUPGHOME;
      else process.env.GNUPGHOME = gpgHome;
      spawnSync('gpgconf', ['--homedir', home, '--kill', 'all']);
      rmSync(home, { recursive: true, force: true });
    });
    const generate = ['--batch', '--passphrase', '', '--quick-generate-key', 'backup@example.com'];
    execFileSync('gpg', generate, { stdio: 'pipe' });
    const recipient = ['--gpg-recipient', 'backup@example.com'];
    const { target, file, head } = await backUp('gpg', ...recipient, '--key-file', keyFile);
    expect(file).to.match(/\.dump\.gpg$/);
    expect(head).to.not.contain('PGDMP');
    expect(await restore(target, '--key-file', keyFile)).to.equal(1);
    const unknown = ['--gpg-recipient', 'nobody@example.com', '--key-file', keyFile];
    const to = join(folder.root, 'gpg-nobody');
    const fault = await faultOf(['backup', '--to', to, ...unknown], { DB_PRIMARY_DB_URL: url() });
    expect(fault).to.match(/^gpg ended with status 2: .*nobody@example\.com/s);
    const listed = await runCommand(['backup', 'list', '--from', to]);
    expect(listed.result.backups).to.deep.equal([]);
  });

  it('is left out only if the operator says so, and the manifest is authenticated even then', async () => {
    const bare = ['backup', '--to', join(folder.root, 'bare')];
    expect(await faultOf(bare, { DB_PRIMARY_DB_URL: url() })).to.match(/encrypt it with --age-recipient/);
    const { target, head } = await backUp('plain', '--unencrypted', '--key-file', keyFile);
    expect(head).to.match(/^PGDMP/);
    expect(await restore(target, '--key-file', keyFile)).to.equal(1);
    const other = ['restore', '--from', target, '--key-file', folder.keyFile()];
    expect(await faultOf(other, { DB_PRIMARY_DB_URL: url() })).to.match(/another key/);
  });
});
