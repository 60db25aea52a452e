import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { anyText } from '../../../tools/fuzz/text.ts';
import { pemPair } from '../../support/keys.ts';
import { forge, hs256, rs256, unsigned } from '../../support/token-forgery.ts';
import { expectUnauthorized, signedUser, useAccessTokens } from '../../support/tokens.ts';

describe('forged access tokens', () => {
  const { open, validParts } = useAccessTokens();
  const { privateKey, publicPem } = pemPair('a');
  const right = rs256(privateKey);

  it('refuses a token of which any character of any part was changed', async () => {
    const { tokens, token } = await validParts();
    await tokens.verify(token);
    const parts = token.split('.');
    for (const [index, part] of parts.entries()) {
      for (const position of [0, 1, Math.floor(part.length / 2), part.length - 3]) {
        const other = part[position] === 'A' ? 'B' : 'A';
        const spoilt = part.slice(0, position) + other + part.slice(position + 1);
        await expectUnauthorized(tokens, parts.with(index, spoilt).join('.'));
      }
    }
  });

  it('refuses the signature of one token under the payload of another', async () => {
    const { tokens } = await open();
    const [mine, theirs] = await Promise.all([tokens.sign(signedUser()), tokens.sign(signedUser())]);
    const [header, , signature] = mine.token.split('.');
    await expectUnauthorized(tokens, [header, theirs.token.split('.')[1], signature].join('.'));
  });

  it('refuses empty, missing and surplus segments', async () => {
    const { tokens, token } = await validParts();
    const [header, payload, signature] = token.split('.');
    const spoilt = [
      '',
      '.',
      '..',
      '...',
      `${header}`,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `.${payload}.${signature}`,
      `${header}..${signature}`,
      `${token}.`,
      `${token}.${signature}`,
      `.${token}`,
      `${token} `,
      ` ${token}`,
      `Bearer ${token}`,
      `${token}\n`,
      token.replaceAll('.', ','),
      `${token}=`,
    ];
    for (const text of spoilt) await expectUnauthorized(tokens, text);
  });

  it('refuses a payload or a header that is not a JSON object, though the signature is right', async () => {
    const { tokens, header, payload } = await validParts();
    const token = forge(header, payload, right);
    for (const part of ['null', '[]', '1', '"text"', '{', '', '\u0000', JSON.stringify(token), '[{}]']) {
      await expectUnauthorized(tokens, forge(header, part, right));
      await expectUnauthorized(tokens, forge(part, payload, right));
    }
    await expectUnauthorized(tokens, forge(header, token, right));
    await expectUnauthorized(tokens, forge(header, `${'['.repeat(1_000)}${']'.repeat(1_000)}`, right));
    await expectUnauthorized(tokens, JSON.stringify({ payload: token, signatures: [] }));
  });

  it('refuses a token without a signature check when it is longer than 4 KB', async () => {
    const { tokens, header, payload } = await validParts();
    await expectUnauthorized(tokens, forge(header, { ...payload, more: 'x'.repeat(3_000) }, right));
    await expectUnauthorized(tokens, 'a.'.repeat(5_000_000));
  });

  it('refuses other kinds of secrets: refresh tokens, uuids, keys', async () => {
    const { tokens } = await open();
    const others = [randomUUID(), `${randomUUID()}.1.c2VjcmV0.dGFn`, `v1.${randomUUID()}.x`, publicPem];
    for (const other of others) await expectUnauthorized(tokens, other);
  });

  it('refuses any text whatever with the same error', async () => {
    const { tokens } = await open();
    const text = fc.oneof(anyText, fc.string({ unit: 'grapheme' }));
    const dotted = fc.array(text, { minLength: 3, maxLength: 3 }).map((parts) => parts.join('.'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, dotted), (token) => expectUnauthorized(tokens, token)),
      { numRuns: 300 },
    );
  });

  it('refuses any header and any payload whatever, signed by somebody else', async () => {
    const { tokens, header, payload } = await validParts();
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.json(), async (first, second) => {
        await expectUnauthorized(tokens, forge(first, payload, unsigned));
        await expectUnauthorized(tokens, forge(header, second, hs256('attacker')));
      }),
      { numRuns: 100 },
    );
  });
});
