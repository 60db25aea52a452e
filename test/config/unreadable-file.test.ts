import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { compiledModule } from '../support/compiled-app.ts';
import { faultsOf, scratchFiles } from '../support/configuration.ts';

const isRoot = process.getuid?.() === 0;

/** Changes to the user of the image, and prints the faults of each environment. The modules must be loaded before. */
const script = (environments: readonly object[]): string => `
  const { parseConfig } = await import(${JSON.stringify(compiledModule('app/config/config.ts'))});
  process.setgroups([]);
  process.setgid(10001);
  process.setuid(10001);
  const faultsOf = (env) => { try { parseConfig(env); return []; } catch (error) { return error.faults; } };
  process.stdout.write(JSON.stringify(${JSON.stringify(environments)}.map(faultsOf)));`;

(isRoot ? describe : describe.skip)('A file that uid 10001 of the image may not read (needs root)', () => {
  const files = scratchFiles();
  const key = '-----BEGIN PRIVATE KEY-----';

  function mounted(name: string, mode: number, uid: number, gid: number): string {
    const path = files.write(name, key);
    chownSync(path, uid, gid);
    chmodSync(path, mode);
    return path;
  }

  it('is named with its owner and mode, the ids of the process, and what to do', async () => {
    chmodSync(files.at(''), 0o755);
    const ofHost = mounted('host.pem', 0o600, 1000, 1000);
    const ofGroup = mounted('group.pem', 0o440, 0, 10001);
    const ofService = mounted('service.pem', 0o400, 10001, 10001);
    const closed = files.at('closed');
    mkdirSync(closed, { mode: 0o700 });
    const environments = [
      { JWT_PRIVATE_KEY_PATH: ofHost },
      { REDIS_KEY_FILE: ofHost, REDIS_CERT: '-----BEGIN CERTIFICATE-----' },
      { DB_CA_FILE: ofHost },
      { JWT_PUBLIC_KEYS_DIR: closed },
      { JWT_PRIVATE_KEY_PATH: `${closed}/private.pem` },
      { JWT_PRIVATE_KEY_PATH: ofGroup },
      { JWT_PRIVATE_KEY_PATH: ofService },
    ];
    const args = ['--input-type=module', '--eval', script(environments)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const process10001 =
      'and this process has uid 10001 and gid 10001. Run chown 10001 on it, or chgrp 10001';
    const host = `names a file that cannot be read: ${ofHost} has owner 1000, group 1000 and mode 0600, ${process10001} and chmod 0440`;
    expect(JSON.parse(stdout)).to.deep.equal([
      [`JWT_PRIVATE_KEY_PATH ${host}`],
      [`REDIS_KEY_FILE ${host}`],
      [`DB_CA_FILE ${host}`],
      [
        `JWT_PUBLIC_KEYS_DIR names a folder that cannot be read: ${closed} has owner 0, group 0 and mode 0700, ${process10001} and chmod 0550`,
      ],
      [
        `JWT_PRIVATE_KEY_PATH names a file that cannot be read: ${closed}/private.pem is in a folder that this process may not enter, ${process10001} and chmod 0440`,
      ],
      [],
      [],
    ]);
  });
});

describe('A file that does not exist', () => {
  it('is not named, because its path could be a secret in the wrong variable', () => {
    expect(faultsOf({ JWT_PRIVATE_KEY_PATH: 'hunter2' })).to.deep.equal([
      'JWT_PRIVATE_KEY_PATH names a file that cannot be read',
    ]);
  });
});
