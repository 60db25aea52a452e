import { createHash } from 'node:crypto';
import { dictionary } from '@zxcvbn-ts/language-common';
import { expect } from 'chai';
import { type CheckPassword, createPasswordPolicy } from '../../../app/features/passwords/password-policy.ts';
import { codeOf } from '../../support/rows.ts';

const someone = { email: 'mary.kovalenko@blue-lagoon.example', username: 'sailor_77' };

/** The same random numbers in every run, below `end`. */
function createDice(seed: string) {
  let drawn = 0;
  return (end: number): number => {
    drawn += 1;
    return createHash('sha256').update(`${seed} ${drawn}`).digest().readUInt32BE() % end;
  };
}

function drawText(roll: (end: number) => number, signs: string, length: number): string {
  return Array.from({ length }, () => signs[roll(signs.length)]).join('');
}

describe('Password policy for good passwords', () => {
  let checkPassword: CheckPassword;
  before(async () => {
    checkPassword = await createPasswordPolicy({ issuer: 'auth-service', isBreached: async () => false });
  });

  /** Of the passwords, those that are refused, each with the code. */
  async function refused(passwords: readonly string[]): Promise<string[]> {
    const codes = await Promise.all(
      passwords.map((password) => checkPassword(password, someone).catch(codeOf)),
    );
    return passwords.flatMap((password, at) => (codes[at] ? [`${password}: ${codes[at]}`] : []));
  }

  it('accepts what a generator of passwords makes, from 8 characters on', async () => {
    const roll = createDice('generator');
    const alphanumeric = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    const passwords = Array.from({ length: 200 }, (_item, n) =>
      drawText(roll, n % 2 ? `${alphanumeric}!#$%&*+-.:;=?@_` : alphanumeric, 8 + (n % 13)),
    );
    expect(await refused(passwords)).to.deep.equal([]);
  });

  it('accepts random phrases of three and more words', async () => {
    const roll = createDice('diceware');
    const words = dictionary['diceware-common'].map(String);
    const passwords = Array.from({ length: 100 }, (_item, n) =>
      Array.from({ length: 3 + (n % 4) }, () => words[roll(words.length)]).join(' -.'[n % 3]),
    );
    expect(await refused(passwords)).to.deep.equal([]);
  });
});
