import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createAccessTokens } from '../../../app/features/tokens/access-token.ts';
import {
  kidOf,
  type PemPair,
  pemPair,
  publishedKids,
  testConfig,
  useSigningKeys,
} from '../../support/keys.ts';

const ttl = 15 * 60_000;
const margin = 2 * 60_000;

describe('rotation of signing keys', () => {
  const { folder, open, keyFiles } = useSigningKeys();

  it('refuses no valid token on any of two replicas: publish, sign, retire, drop', async () => {
    const [a, b] = [pemPair('a'), pemPair('b')];
    const { env, writePair, further } = keyFiles(a);
    const config = testConfig(env);
    let now = Date.parse('2030-01-01T00:00:00Z');
    const replicas = await Promise.all(
      [1, 2].map(async () => {
        const { keys } = await open(env, () => now);
        const clock = () => new Date(now);
        return { keys, tokens: createAccessTokens({ keys, jwt: config.jwt, ttlMs: ttl, now: clock }) };
      }),
    );
    let issued: { token: string; until: number }[] = [];

    /** Each replica signs one more token, and each must accept all that have not expired. */
    async function exchange(): Promise<void> {
      for (const { tokens } of replicas) {
        const user = {
          userId: randomUUID(),
          sessionId: randomUUID(),
          authTime: new Date(now),
          roles: ['user'],
        };
        issued.push({ token: (await tokens.sign(user)).token, until: now + ttl });
      }
      issued = issued.filter(({ until }) => until > now);
      for (const { tokens } of replicas) for (const { token } of issued) await tokens.verify(token);
    }

    /** The replicas notice a change one after the other. */
    async function takeUp(change: () => void): Promise<void> {
      await exchange();
      change();
      for (const { keys } of replicas) {
        await keys.reload();
        await exchange();
      }
    }

    async function pass(milliseconds: number): Promise<void> {
      for (const end = now + milliseconds; now < end; ) {
        now = Math.min(end, now + 60_000);
        for (const { keys } of replicas) await keys.reload();
        await exchange();
      }
    }

    const [kidA, kidB] = await Promise.all([kidOf(a), kidOf(b)]);
    await takeUp(() => writeFileSync(join(further, 'b.pem'), b.publicPem));
    for (const { keys } of replicas) expect(publishedKids(keys)).to.deep.equal([kidA, kidB]);
    await takeUp(() => writePair(b));
    for (const { keys } of replicas) {
      expect(keys.current().kid).to.equal(kidB);
      expect(publishedKids(keys)).to.deep.equal([kidB, kidA]);
    }
    await takeUp(() => writeFileSync(join(further, 'a.pem'), a.publicPem));
    await pass(ttl + margin);
    await takeUp(() => rmSync(join(further, 'a.pem')));
    for (const { keys } of replicas) expect(publishedKids(keys)).to.deep.equal([kidB]);
  });

  it('keeps a replaced key for the life of its last token and two minutes, though nobody kept its file', async () => {
    const { env, writePair } = keyFiles(pemPair('a'));
    let now = 1_000_000;
    const { keys } = await open(env, () => now);
    const [kidA, kidB] = await Promise.all([kidOf(pemPair('a')), kidOf(pemPair('b'))]);
    writePair(pemPair('b'));
    expect(await keys.reload()).to.equal(true);
    expect(publishedKids(keys)).to.deep.equal([kidB, kidA]);
    now += ttl + margin - 1;
    expect(await keys.reload()).to.equal(false);
    expect(keys.find(kidA)).to.not.equal(null);
    now += 1;
    expect(await keys.reload()).to.equal(true);
    expect(keys.find(kidA)).to.equal(null);
    expect(publishedKids(keys)).to.deep.equal([kidB]);
  });

  it('goes back to the old key when the operator does', async () => {
    const { env, writePair } = keyFiles(pemPair('a'));
    let now = 1_000_000;
    const { keys } = await open(env, () => now);
    writePair(pemPair('b'));
    await keys.reload();
    writePair(pemPair('a'));
    await keys.reload();
    const [kidA, kidB] = await Promise.all([kidOf(pemPair('a')), kidOf(pemPair('b'))]);
    expect(publishedKids(keys)).to.deep.equal([kidA, kidB]);
    now += ttl + margin;
    await keys.reload();
    expect(publishedKids(keys)).to.deep.equal([kidA]);
    expect(keys.current().kid).to.equal(kidA);
  });

  it('follows the swap of links by which Kubernetes changes a mounted Secret', async () => {
    const root = folder();
    const version = (name: string, { privatePem, publicPem }: PemPair): void => {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'private.pem'), privatePem);
      writeFileSync(join(root, name, 'public.pem'), publicPem);
      symlinkSync(name, join(root, '..data_tmp'));
      renameSync(join(root, '..data_tmp'), join(root, '..data'));
    };
    version('..2030_01', pemPair('a'));
    for (const name of ['private.pem', 'public.pem']) symlinkSync(join('..data', name), join(root, name));
    const { keys } = await open({
      JWT_PRIVATE_KEY_PATH: join(root, 'private.pem'),
      JWT_PUBLIC_KEY_PATH: join(root, 'public.pem'),
    });
    version('..2030_02', pemPair('b'));
    expect(await keys.reload()).to.equal(true);
    expect(keys.current().kid).to.equal(await kidOf(pemPair('b')));
  });

  it('tells its listeners and the log of a change, and of nothing else', async () => {
    const { env, writePair } = keyFiles(pemPair('a'));
    const { keys, lines } = await open(env);
    let changes = 0;
    keys.onChange(() => {
      changes += 1;
    });
    expect(await keys.reload()).to.equal(false);
    writePair(pemPair('a'));
    expect(await keys.reload()).to.equal(false);
    writePair(pemPair('b'));
    await Promise.all([keys.reload(), keys.reload()]);
    expect(changes).to.equal(1);
    const kids = await Promise.all([kidOf(pemPair('b')), kidOf(pemPair('a'))]);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.deep.include({ event: 'signing_keys_changed', kid: kids[0], kids });
  });

  it('looks at its files every five seconds until it is closed, and does not hold the process', async () => {
    const { env, writePair } = keyFiles(pemPair('a'));
    const original = globalThis.setInterval;
    let look = (): void => expect.fail('no interval was set');
    let timer: NodeJS.Timeout | undefined;
    // The clock is held by hand: the interval is caught, made to last, and called by the test.
    globalThis.setInterval = Object.assign((callback: () => void, period: number) => {
      expect(period).to.equal(5_000);
      look = callback;
      timer = original(() => undefined, 1_000_000);
      return timer;
    }, original);
    const { keys } = await open(env).finally(() => {
      globalThis.setInterval = original;
    });
    expect(timer?.hasRef()).to.equal(false);
    writePair(pemPair('b'));
    const changed = new Promise<void>((resolve) => keys.onChange(resolve));
    look();
    await changed;
    expect(keys.current().kid).to.equal(await kidOf(pemPair('b')));
  });
});
