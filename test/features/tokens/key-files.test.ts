import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError } from '../../../app/config/config.ts';
import type { Environment } from '../../../app/config/reader.ts';
import { openSigningKeys } from '../../../app/features/tokens/signing-keys.ts';
import { kidOf, pemPair, recordingLog, testConfig, useSigningKeys } from '../../support/keys.ts';

const pair = pemPair('files', 'EdDSA');

describe('files of signing keys', () => {
  const { folder } = useSigningKeys();
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  before(function () {
    // The permissions of a file mean nothing there.
    if (platform() === 'win32') this.skip();
  });

  async function openIn(environment: 'production' | 'development', env: Environment) {
    const memory = recordingLog();
    const keys = await openSigningKeys({ ...testConfig(env), environment }, memory.log);
    closers.push(() => keys.close());
    return { keys, ...memory };
  }

  async function faultOf(env: Environment): Promise<string> {
    const error = await openIn('production', env).catch((reason: unknown) => reason);
    if (!(error instanceof ConfigError)) return expect.fail('the keys were accepted');
    return error.message;
  }

  function write(name: string, text: string, mode: number): string {
    const path = join(folder(), name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  const pairAt = (path: string, name = 'JWT_PRIVATE_KEY_PATH'): Environment => ({
    JWT_ALGORITHM: 'EdDSA',
    [name]: path,
    JWT_PUBLIC_KEY: pair.publicPem,
  });
  const secretAt = (path: string, name = 'JWT_SECRET_KEY_FILE'): Environment => ({
    JWT_ALGORITHM: 'HS256',
    ...(name !== 'JWT_SECRET_KEY_FILE' && { JWT_SECRET_KEY: randomBytes(48).toString('base64') }),
    [name]: path,
  });
  const secret = randomBytes(48).toString('base64');

  for (const mode of [0o644, 0o604, 0o444, 0o602, 0o666, 0o777, 0o646]) {
    it(`are refused in production with the mode ${mode.toString(8)}, with the ways out`, async () => {
      for (const env of [
        pairAt(write('private.pem', pair.privatePem, mode)),
        pairAt(write('private.pem', pair.privatePem, mode), 'JWT_PRIVATE_KEY_FILE'),
        secretAt(write('secret', secret, mode)),
        secretAt(write('secret', secret, mode), 'JWT_SECRET_KEY_PREVIOUS_FILE'),
      ]) {
        const fault = await faultOf(env);
        expect(fault).to.contain(`(mode 0${mode.toString(8)})`);
        expect(fault).to.contain('chmod').and.contain('0440').and.contain('JWT_ALLOW_READABLE_KEYS=on');
        expect(fault).to.match(/JWT_(PRIVATE_KEY_PATH|SECRET_KEY_FILE|SECRET_KEY_PREVIOUS_FILE)/);
      }
    });
  }

  for (const mode of [0o600, 0o400, 0o440, 0o640, 0o660]) {
    it(`are accepted in production with the mode ${mode.toString(8)}`, async () => {
      for (const env of [
        pairAt(write('private.pem', pair.privatePem, mode)),
        secretAt(write('secret', secret, mode)),
      ]) {
        const { events } = await openIn('production', env);
        expect(events()).to.deep.equal([]);
      }
    });
  }

  it('are judged by the file behind the links of a Secret that Kubernetes mounts', async () => {
    const root = folder();
    mkdirSync(join(root, '..2030'));
    writeFileSync(join(root, '..2030', 'private.pem'), pair.privatePem, { mode: 0o440 });
    symlinkSync('..2030', join(root, '..data'));
    symlinkSync('..data/private.pem', join(root, 'private.pem'));
    await openIn('production', pairAt(join(root, 'private.pem')));
    chmodSync(join(root, '..2030', 'private.pem'), 0o644);
    expect(await faultOf(pairAt(join(root, 'private.pem')))).to.contain('0644');
  });

  it('may be readable by everybody where JWT_ALLOW_READABLE_KEYS says so, and in development, with a warning', async () => {
    const env = pairAt(write('private.pem', pair.privatePem, 0o644));
    const opened = [
      await openIn('production', { ...env, JWT_ALLOW_READABLE_KEYS: 'on' }),
      await openIn('development', env),
    ];
    for (const { keys, lines } of opened) {
      await keys.reload();
      expect(lines.map(({ event, level }) => [event, level])).to.deep.equal([['key_file_readable', 'warn']]);
    }
  });

  it('may be readable by everybody if they contain public keys', async () => {
    const env = {
      ...pairAt(write('private.pem', pair.privatePem, 0o600)),
      JWT_PUBLIC_KEY: undefined,
      JWT_PUBLIC_KEY_PATH: write('public.pem', pair.publicPem, 0o644),
    };
    expect((await openIn('production', env)).events()).to.deep.equal([]);
  });

  it('are not taken into use while the process runs if everybody can read them', async () => {
    const next = pemPair('files next', 'EdDSA');
    const path = write('private.pem', pair.privatePem, 0o600);
    const env = { JWT_ALGORITHM: 'EdDSA', JWT_PRIVATE_KEY_PATH: path };
    const { keys, events } = await openIn('production', env);
    renameSync(write('next.pem', next.privatePem, 0o644), path);
    expect(await keys.reload()).to.equal(false);
    expect(await keys.reload()).to.equal(false);
    expect(events()).to.deep.equal(['signing_keys_inconsistent']);
    chmodSync(path, 0o600);
    expect(await keys.reload()).to.equal(true);
    expect(keys.current().kid).to.equal(await kidOf(next));
  });

  it('do not bring in a weak secret of HS256 while the process runs in production', async () => {
    const path = write('secret', secret, 0o600);
    const { keys, events } = await openIn('production', secretAt(path));
    const before = keys.current().kid;
    writeFileSync(path, 'a'.repeat(64));
    expect(await keys.reload()).to.equal(false);
    expect(keys.current().kid).to.equal(before);
    expect(events()).to.deep.equal(['signing_keys_inconsistent']);
  });

  it('may contain a weak secret with a warning in development, and where JWT_ALLOW_WEAK_SECRET says so', async () => {
    const env = secretAt(write('secret', 'a'.repeat(64), 0o600));
    for (const { events } of [
      await openIn('development', env),
      await openIn('production', { ...env, JWT_ALLOW_WEAK_SECRET: 'on' }),
    ]) {
      expect(events()).to.deep.equal(['weak_secret']);
    }
  });
});
