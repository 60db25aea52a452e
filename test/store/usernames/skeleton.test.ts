import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { characterTable } from '../../../app/store/usernames/character-table.ts';
import { skeletonOf, skeletonVersion } from '../../../app/store/usernames/skeleton.ts';
import { usernameKey } from '../../../app/store/usernames/username-key.ts';

const file = 'app/store/usernames/characters.txt';

describe('The skeleton of a username', () => {
  const alike: readonly (readonly [string, ...string[]])[] = [
    ['paypal', 'PayPaI', 'PAYPAL', 'paypa1', 'раураӏ', 'ΡΑΥΡΑΙ', 'ᏢᎪᎩᏢᎪᏞ', 'ꓑꓮꓬꓑꓮꓡ'],
    ['mike', 'MIKE', 'mıke', 'mİke', 'mi\u0307ke', 'rnike'],
    ['istanbul', 'İstanbul', 'Istanbul', 'ıstanbul', 'lstanbul'],
    ['Il0ve', 'IlOve', '1love'],
    ['二二', 'ニニ'],
    ['一口', 'ーロ'],
    ['Straße', 'Straβe'],
  ];
  for (const [name, ...others] of alike) {
    it(`is the same for ${name} and ${others.join(', ')}`, () => {
      for (const other of others) expect([other, skeletonOf(other)]).to.deep.equal([other, skeletonOf(name)]);
    });
  }

  const unlike: readonly [string, string][] = [
    ['Müller', 'Muller'],
    ['Ольга', 'Олега'],
    ['张伟', '张玮'],
    ['שלום', 'שלוס'],
    ['Neal', 'Nell'],
    ['a.b', 'a-b'],
  ];
  for (const [one, other] of unlike) {
    it(`differs between ${one} and ${other}`, () => {
      expect(skeletonOf(one)).not.to.equal(skeletonOf(other));
    });
  }

  it('has another version with each change of its table', () => {
    const content = readFileSync(file);
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
    expect([skeletonVersion, digest]).to.deep.equal([1, '16eec7a9be46a519']);
  });
});

describe('The key of a username', () => {
  const same: readonly [string, string][] = [
    ['Ärzte', 'äRZTE'],
    ['ОЛЬГА', 'ольга'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδοσ', 'οδος'],
    ['ẞtraße', 'ßtraße'],
    ['A\u030angström', 'ångstro\u0308m'],
    ['ᏣᎳᎩ', 'ꮳꮃꭹ'],
    ['อำนาจ', 'อ\u0e4d\u0e32นาจ'],
    ['Սևակ', 'ՍԵՒԱԿ'],
  ];
  for (const [one, other] of same) {
    it(`is the same for ${one} and ${other}`, () => {
      expect(usernameKey(one)).to.equal(usernameKey(other));
    });
  }

  it('of the beginning of a name is the beginning of its key', () => {
    expect(usernameKey('ΟΔΟΣΑ').startsWith(usernameKey('ΟΔΟΣ'))).to.equal(true);
  });
});

describe('The table of characters', () => {
  function listed(): string[] {
    const ranges = readFileSync(file, 'utf8').matchAll(/^(\w+)-(\w+) /gm);
    return [...ranges].flatMap(([, from = '', to = '']) => {
      const first = Number.parseInt(from, 16);
      const size = Number.parseInt(to, 16) - first + 1;
      return Array.from({ length: size }, (_, index) => String.fromCodePoint(first + index));
    });
  }

  it('has only characters of the IdentifierClass (RFC 8264 section 4.2)', () => {
    // Letters of Armenian, Thai and Lao, which are compared as the letters that they are composed of.
    const composed = /[\u0587\u0e33\u0eb3\u0edc\u0edd]/;
    // RFC 5892 section 2.6, disallowed, and Old Hangul Jamo (section 2.9).
    const disallowed =
      /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]/u;
    const all = listed();
    // Node.js 20.19 has Unicode 16, which lacks some of the characters.
    const wrong = all
      .filter((text) => !/\p{Cn}/u.test(text))
      .filter(
        (text) =>
          !/^[\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Nd}\p{Mn}\p{Mc}]$/u.test(text) ||
          (text.normalize('NFKC') !== text && !composed.test(text)) ||
          /\p{Default_Ignorable_Code_Point}/u.test(text) ||
          disallowed.test(text),
      );
    expect(wrong).to.deep.equal([]);
    expect(all.filter((text) => !characterTable().scriptsOf(text))).to.deep.equal([]);
    expect(all.length).to.be.greaterThan(30_000);
  });

  it('has the letters of the official languages of the United Nations, and the scripts of each', () => {
    const scriptOf = (text: string) => [
      ...new Set([...text].flatMap((each) => characterTable().scriptsOf(each) ?? ['-'])),
    ];
    expect(scriptOf('abcxyzABCXYZéèêëçñáíóúü')).to.deep.equal(['Latn']);
    expect(scriptOf('абвгдежзийклмнопрстуфхцчшщъыьэюяё')).to.deep.equal(['Cyrl']);
    expect(scriptOf('ابتثجحخدذرزسشصضطظعغفقكلمنهوي')).to.deep.equal(['Arab']);
    expect(scriptOf('的一是不了人我在有他')).to.deep.equal(['Hani']);
    expect(scriptOf('0123456789')).to.deep.equal(['Zyyy']);
  });
});
