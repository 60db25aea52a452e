import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { kidOf, pemPair, publishedKids, useSigningKeys } from '../../support/keys.ts';

describe('rotation of signing keys', () => {
  const { open, keyFiles } = useSigningKeys();

  describe('unusable files', () => {
    it('keeps the old pair while the new one is inconsistent, and says so once', async () => {
      const { env, at, writePair } = keyFiles(pemPair('a'));
      const { keys, events } = await open(env);
      writeFileSync(at('private.pem'), pemPair('b').privatePem);
      for (const _ of [1, 2, 3]) expect(await keys.reload()).to.equal(false);
      expect(keys.current().kid).to.equal(await kidOf(pemPair('a')));
      expect(events()).to.deep.equal(['signing_keys_inconsistent']);
      writePair(pemPair('b'));
      expect(await keys.reload()).to.equal(true);
      expect(keys.current().kid).to.equal(await kidOf(pemPair('b')));
    });

    it('keeps the old pair while a file is half written, empty or away', async () => {
      const { env, at } = keyFiles(pemPair('a'));
      const { keys, lines, events } = await open(env);
      const half = pemPair('b').privatePem.slice(0, 400);
      writeFileSync(at('private.pem'), half);
      await keys.reload();
      writeFileSync(at('private.pem'), '');
      await keys.reload();
      rmSync(at('private.pem'));
      rmSync(at('public.pem'));
      await keys.reload();
      expect(keys.current().kid).to.equal(await kidOf(pemPair('a')));
      expect(new Set(events())).to.deep.equal(new Set(['signing_keys_inconsistent']));
      expect(JSON.stringify(lines)).to.not.include(half.slice(30, 90));
    });

    it('takes up further public keys while the pair is inconsistent', async () => {
      const { env, at, further } = keyFiles(pemPair('a'));
      const { keys } = await open(env);
      writeFileSync(at('private.pem'), 'half');
      writeFileSync(join(further, 'b.pem'), pemPair('b').publicPem);
      expect(await keys.reload()).to.equal(true);
      const kids = await Promise.all([kidOf(pemPair('a')), kidOf(pemPair('b'))]);
      expect(publishedKids(keys)).to.deep.equal(kids);
    });

    it('skips an unusable public key file and keeps what a half-written one held', async () => {
      const { env, further } = keyFiles(pemPair('a'));
      writeFileSync(join(further, 'b.pem'), pemPair('b').publicPem);
      const { keys, events } = await open(env);
      writeFileSync(join(further, 'b.pem'), pemPair('b').publicPem.slice(0, 100));
      writeFileSync(join(further, 'c.pem'), 'nothing');
      expect(await keys.reload()).to.equal(false);
      expect(keys.find(await kidOf(pemPair('b')))).to.not.equal(null);
      expect(events()).to.deep.equal(['public_key_unusable', 'public_key_unusable']);
      rmSync(join(further, 'b.pem'));
      expect(await keys.reload()).to.equal(true);
      expect(keys.find(await kidOf(pemPair('b')))).to.equal(null);
    });

    it('passes over dotfiles and whatever is no .pem', async () => {
      const { env, further } = keyFiles(pemPair('a'));
      mkdirSync(join(further, '..data'));
      for (const name of ['.draft.pem', '..2030.pem', 'README', 'b.pem~', 'b.pem.swp']) {
        writeFileSync(join(further, name), 'nothing');
      }
      const { keys, lines } = await open(env);
      await keys.reload();
      expect(publishedKids(keys)).to.have.length(1);
      expect(lines).to.deep.equal([]);
    });

    it('keeps the keys while the folder is away, and says so once', async () => {
      const { env, further } = keyFiles(pemPair('a'));
      writeFileSync(join(further, 'b.pem'), pemPair('b').publicPem);
      const { keys, events } = await open(env);
      rmSync(further, { recursive: true });
      for (const _ of [1, 2]) expect(await keys.reload()).to.equal(false);
      expect(keys.find(await kidOf(pemPair('b')))).to.not.equal(null);
      expect(events()).to.deep.equal(['signing_keys_inconsistent']);
    });
  });
});
