import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { expect } from 'chai';
import { generateKeys } from '../../app/commands/signing-keys/generate.ts';
import type { Algorithm } from '../../app/config/config.ts';
import { openSigningKeys } from '../../app/features/tokens/signing-keys.ts';
import { recordingLog, scratchFolder, testConfig } from '../support/keys.ts';

describe('the keys command', () => {
  const removals: (() => void)[] = [];
  afterEach(() => {
    for (const remove of removals.splice(0)) remove();
  });

  /** A folder that is not there yet. */
  function freshFolder(): string {
    const { path, remove } = scratchFolder();
    removals.push(remove);
    return join(path, 'keys');
  }

  /** What it prints, as the environment it tells to set. */
  async function run(algorithm: Algorithm, out: string): Promise<Record<string, string>> {
    return generateKeys({ algorithm, bits: 2048, out });
  }

  async function faultOf(algorithm: Algorithm, out: string): Promise<string> {
    const error = await run(algorithm, out).catch((reason: unknown) => reason);
    if (!(error instanceof Error)) return expect.fail('the command was not refused');
    return error.message;
  }

  const mode = (path: string): number => statSync(path).mode & 0o777;

  for (const algorithm of ['RS256', 'ES256', 'EdDSA', 'HS256'] as const) {
    it(`writes keys of ${algorithm} that the service takes, and prints the variables that say so`, async () => {
      const env = await run(algorithm, freshFolder());
      const keys = await openSigningKeys(testConfig(env), recordingLog().log);
      keys.close();
      expect(keys.algorithm).to.equal(algorithm);
      expect(keys.current().key.type).to.equal(algorithm === 'HS256' ? 'secret' : 'private');
      const paths = Object.entries(env).filter(([name]) => name !== 'JWT_ALGORITHM');
      for (const [, path] of paths) expect(isAbsolute(path)).to.equal(true);
    });
  }

  it('lets nobody but the owner read what is secret', async () => {
    const out = freshFolder();
    await run('ES256', out);
    await run('HS256', out);
    expect(mode(out)).to.equal(0o700);
    expect(mode(join(out, 'private.pem'))).to.equal(0o600);
    expect(mode(join(out, 'jwt-secret'))).to.equal(0o600);
    expect(mode(join(out, 'public.pem'))).to.equal(0o644 & ~process.umask());
    expect(readFileSync(join(out, 'private.pem'), 'utf8')).to.match(/^-----BEGIN PRIVATE KEY-----/);
    expect(readFileSync(join(out, 'public.pem'), 'utf8')).to.match(/^-----BEGIN PUBLIC KEY-----/);
    expect(Buffer.from(readFileSync(join(out, 'jwt-secret'), 'utf8'), 'base64')).to.have.length(64);
  });

  it('prints no key', async () => {
    const out = freshFolder();
    const printed = JSON.stringify(await run('HS256', out));
    expect(printed).to.not.include(readFileSync(join(out, 'jwt-secret'), 'utf8').trim());
  });

  it('overwrites nothing, and leaves no half of a pair behind', async () => {
    const out = freshFolder();
    await run('HS256', out);
    const before = readFileSync(join(out, 'jwt-secret'), 'utf8');
    expect(await faultOf('HS256', out)).to.include('jwt-secret');
    expect(readFileSync(join(out, 'jwt-secret'), 'utf8')).to.equal(before);
    writeFileSync(join(out, 'public.pem'), 'mine');
    expect(await faultOf('EdDSA', out)).to.include('public.pem');
    expect(readdirSync(out)).to.have.members(['jwt-secret', 'public.pem']);
  });
});
