import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { type RotationStep, rotateKeys } from '../../app/commands/signing-keys/rotate.ts';
import { createAccessTokens } from '../../app/features/tokens/access-token.ts';
import { kidOf, type PemPair, pemPair, publishedKids, testConfig, useSigningKeys } from '../support/keys.ts';

const ttl = 15 * 60_000;
const minute = 60_000;

describe('auth-service keys rotate', () => {
  const { keyFiles, open } = useSigningKeys();

  /** Two replicas that read the same files, and the command, on one clock. */
  async function installation(pair: PemPair) {
    const files = keyFiles(pair);
    let passed = 0;
    const now = () => Date.now() + passed;
    const config = testConfig(files.env);
    const replicas = await Promise.all(
      [1, 2].map(async () => {
        const { keys } = await open(files.env, now);
        const clock = () => new Date(now());
        return { keys, tokens: createAccessTokens({ keys, jwt: config.jwt, ttlMs: ttl, now: clock }) };
      }),
    );
    const firstSeen = async (kid: string): Promise<Date | undefined> => {
      const key = replicas[0]?.keys.list().find((known) => known.kid === kid);
      return key && new Date(key.since);
    };
    return {
      ...files,
      replicas,
      pass: (milliseconds: number) => {
        passed += milliseconds;
      },
      rotate: (step?: RotationStep, isForced = false) =>
        rotateKeys({ config, firstSeen, isForced, now }, step),
      faultOf: (step?: RotationStep) =>
        rotateKeys({ config, firstSeen, isForced: false, now }, step).then(
          () => expect.fail('the step was done'),
          (error: Error) => error.message,
        ),
    };
  }

  const user = () => ({
    ...{ userId: randomUUID(), sessionId: randomUUID(), roles: ['user'] },
    authTime: new Date(),
  });

  for (const algorithm of ['RS256', 'ES256', 'EdDSA'] as const) {
    it(`publishes, signs and retires keys of ${algorithm}, and refuses no valid token on the way`, async () => {
      const old = pemPair('rotated', algorithm);
      const oldKid = await kidOf(old);
      const { at, faultOf, further, pass, replicas, rotate } = await installation(old);
      const issued: string[] = [];
      /** The replicas read the files one after the other. Each accepts the tokens of the other all the time. */
      async function takeUp(): Promise<void> {
        for (const { keys } of replicas) {
          await keys.reload();
          for (const { tokens } of replicas) issued.push((await tokens.sign(user())).token);
          for (const { tokens } of replicas) for (const token of issued) await tokens.verify(token);
        }
      }

      const published = await rotate();
      const { kid, next } = published.result as { kid: string; next: { step: string; not_before: string } };
      expect(next.step).to.equal('sign');
      expect(published.lines[1]).to.match(/^next: auth-service keys rotate --step sign, from 20\d\d-/);
      await takeUp();
      for (const { keys } of replicas) {
        expect(keys.current().kid).to.equal(oldKid);
        expect(publishedKids(keys)).to.have.members([oldKid, kid]);
      }

      expect(await faultOf()).to.match(/^it is too early to sign: .* was published at/);
      expect(await faultOf('retire')).to.match(/^the next step is sign, and not retire/);
      pass(7 * minute);
      await rotate('sign');
      await takeUp();
      for (const { keys } of replicas) expect(keys.current().kid).to.equal(kid);

      issued.length = 0;
      await takeUp();
      expect(await faultOf()).to.match(/^it is too early to retire: tokens of/);
      pass(ttl + 2 * minute);
      issued.length = 0;
      await rotate('retire');
      await takeUp();
      expect(readdirSync(further)).to.deep.equal([`${kid}.pem`]);
      expect(existsSync(at('previous-private.pem'))).to.equal(false);
      for (const { keys } of replicas) expect(publishedKids(keys)).to.deep.equal([kid]);
    });
  }

  it('keeps the mode of the private key, which the service has to be able to read', async () => {
    const { at, pass, replicas, rotate } = await installation(pemPair('mode', 'EdDSA'));
    chmodSync(at('private.pem'), 0o440);
    await rotate();
    expect(statSync(at('next-private.pem')).mode & 0o777).to.equal(0o440);
    await replicas[0]?.keys.reload();
    pass(7 * minute);
    await rotate();
    expect(statSync(at('private.pem')).mode & 0o777).to.equal(0o440);
    expect(statSync(at('previous-private.pem')).mode & 0o777).to.equal(0o440);
  });

  it('does not sign with a key that no replica has loaded, unless forced', async () => {
    const { faultOf, pass, rotate } = await installation(pemPair('unseen', 'EdDSA'));
    await rotate();
    pass(7 * minute);
    expect(await faultOf('sign')).to.match(/^no replica has loaded/);
    expect((await rotate('sign', true)).result).to.include({ step: 'sign' });
  });

  it('finishes a step that was interrupted', async () => {
    const { at, further, pass, replicas, rotate } = await installation(pemPair('interrupted', 'EdDSA'));
    const { kid } = (await rotate('publish')).result as { kid: string };
    // Before its end the first command had written the pair, and not published it.
    rmSync(`${further}/${kid}.pem`);
    expect((await rotate('publish')).result).to.include({ kid });
    await replicas[0]?.keys.reload();
    pass(7 * minute);
    const privatePem = readFileSync(at('next-private.pem'), 'utf8');
    renameSync(at('next-public.pem'), at('public.pem'));
    expect((await rotate('sign')).result).to.include({ kid });
    expect(readFileSync(at('private.pem'), 'utf8')).to.equal(privatePem);
    for (const { keys } of replicas) {
      await keys.reload();
      expect(keys.current().kid).to.equal(kid);
    }
  });

  it('refuses a configuration without files of a pair', async () => {
    const config = testConfig({ JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: 'x'.repeat(64) });
    const options = { config, isForced: false, firstSeen: async () => undefined };
    for (const each of [config, testConfig({})]) {
      const error = await rotateKeys({ ...options, config: each }).catch((reason: Error) => reason.message);
      expect(error).to.contain('keys rotate');
    }
  });
});
