import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalUsername, maxSentUsername, usernameFault } from '../../../app/features/users/username.ts';
import { usernameKey } from '../../../app/store/usernames/username-key.ts';

describe('A username', () => {
  const forms: readonly [sent: string, stored: string][] = [
    ['张伟', '张伟'],
    ['Müller', 'Müller'],
    ['Mu\u0308ller', 'Müller'],
    ['Ольга', 'Ольга'],
    ['שלום', 'שלום'],
    ['สมชาย', 'สมชาย'],
    ['น้ำผึ้ง', 'น้ำผึ้ง'],
    ['Սևակ', 'Սևակ'],
    ['محمد', 'محمد'],
    ['أحمد_علي', 'أحمد_علي'],
    ['محمد١٢', 'محمد١٢'],
    ['김철수', '김철수'],
    ['\u1100\u1175\u11b7\u110e\u1165\u11af', '김철'],
    ['たろう2', 'たろう2'],
    ['東京タワー', '東京タワー'],
    ['ｶﾞﾝﾀﾞﾑ', 'ガンダム'],
    ['Ｐａｕｌ＿１', 'Paul_1'],
    ['\u3000 paul\n', 'paul'],
    ['John山田', 'John山田'],
    ['김John', '김John'],
    ['नमस्ते', 'नमस्ते'],
    ['தமிழ்', 'தமிழ்'],
    ['Nguyễn', 'Nguyễn'],
    ['İsmail', 'İsmail'],
    ['Işıl', 'Işıl'],
    ['ქართული', 'ქართული'],
    ['አማርኛ', 'አማርኛ'],
    ['ᏣᎳᎩ', 'ᏣᎳᎩ'],
    ['𞤆𞤵𞤤', '𞤆𞤵𞤤'],
    ['___', '___'],
    ['1.2-3', '1.2-3'],
    ['x'.repeat(32), 'x'.repeat(32)],
    ['张'.repeat(32), '张'.repeat(32)],
  ];
  for (const [sent, stored] of forms) {
    it(`may be ${JSON.stringify(sent)}, and is stored as ${stored}`, () => {
      const name = canonicalUsername(sent);
      expect([name, usernameFault(name)]).to.deep.equal([stored, null]);
    });
  }

  const refused: readonly [what: string, text: string, reason: RegExp][] = [
    ['Latin letters among Cyrillic ones', 'раypal', /one script/],
    ['Cyrillic letters behind a dot', 'Ivan.Иван', /one script/],
    ['Greek letters among Han', '张伟αβ', /one script/],
    ['Hiragana among Hangul', '김철たろ', /one script/],
    ['a zero width space', 'ab\u200bc', /invisible/],
    ['a zero width joiner', 'ශ්\u200dරී', /invisible/],
    ['a zero width non-joiner', 'نامه\u200cای', /invisible/],
    ['an override of direction', 'abc\u202ecba', /invisible/],
    ['an isolate of direction', 'abc\u2066', /invisible/],
    ['a soft hyphen', 'ab\u00adc', /invisible/],
    ['a control character', 'ab\u0007c', /invisible/],
    ['a tag character', 'abc\u{e0061}', /invisible/],
    ['a Hangul filler', '김철\u3164', /invisible/],
    ['emoji', '😀😀😀', /only letters and digits/],
    ['a keycap', '1\u20e31\u20e31', /only letters and digits/],
    ['a space', 'a b', /only letters and digits/],
    ['a sign', 'a+b', /only letters and digits/],
    ['an apostrophe', "l'été", /only letters and digits/],
    ['a ligature', 'ﬁsh', /only letters and digits/],
    ['a letter for mathematics', '𝐩𝐚𝐮𝐥', /only letters and digits/],
    ['a Roman numeral', 'paulⅣ', /only letters and digits/],
    ['a small capital', 'ᴘaul', /only letters and digits/],
    ['a letter of a dead language', '𐌀𐌁𐌂', /only letters and digits/],
    ['half width Hangul', 'ﾡﾢﾣ', /invisible|only letters and digits/],
    ['a private character', 'abc\ue000', /only letters and digits/],
    ['an unassigned character', 'abc\u{3fffd}', /only letters and digits/],
    ['a lengthening of Arabic', 'محـمد', /only letters and digits/],
    ['only marks', '\u0301\u0302\u0303', /after letters/],
    ['a mark at its beginning', '\u0301abc', /after letters/],
    ['a mark on a digit', 'abc1\u0301', /after letters/],
    ['five marks on a letter', 'abx\u0300\u0301\u0302\u0303\u0304', /four combining marks/],
    ['one mark twice', 'abe\u0301\u0301', /one of them twice/],
    ['digits of two kinds', 'محمد1٢', /one kind/],
    ['a digit before Hebrew', '1שלום', /right to left/],
    ['a hyphen before Arabic', '-محمد', /right to left/],
    ['a dot behind Hebrew', 'שלום.', /right to left/],
    ['Arabic digits alone', '١٢٣', /right to left/],
    ['two letters', 'ab', /3 to 32/],
    ['one ideograph', '张', /3 to 32/],
    ['33 letters', 'x'.repeat(33), /3 to 32/],
    ['nothing', '', /3 to 32/],
  ];
  for (const [what, text, reason] of refused) {
    it(`must not have ${what}`, () => {
      expect(usernameFault(canonicalUsername(text))).to.match(reason);
    });
  }

  const sent = fc.string({ unit: 'grapheme', maxLength: 40 });

  it('has one form: the form of a form is the form itself, also in lower case', () => {
    fc.assert(
      fc.property(sent, (text) => {
        const name = canonicalUsername(text);
        expect(canonicalUsername(name)).to.equal(name);
        expect(usernameKey(usernameKey(name))).to.equal(usernameKey(name));
      }),
    );
  });

  it('has no control of direction and at most 128 octets, whatever is sent', () => {
    const letters = fc.constantFrom(...'aé张שم1_', '\u202e', '\u2066', '\u200f', '\u0301', '😀', '𠀀');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 40 }), (parts) => {
        const name = canonicalUsername(parts.join(''));
        if (usernameFault(name) !== null) return;
        expect(name).not.to.match(/[\p{Cf}\p{Cc}\s]/u);
        expect(Buffer.byteLength(name)).to.be.at.most(128);
      }),
    );
  });

  it('may be sent in its longest decomposed form', () => {
    const longest = '\u1ec7'.repeat(32).normalize('NFD');
    expect(longest.length).to.be.at.most(maxSentUsername);
    expect([...canonicalUsername(longest)]).to.have.lengthOf(32);
  });
});
