import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import {
  canonicalEmail,
  canonicalEmailPrefix,
  emailFault,
} from '../../../app/features/users/email-address.ts';

describe('An email address', () => {
  const forms: readonly [sent: string, stored: string][] = [
    ['User@Example.COM', 'user@example.com'],
    ['  user@example.com\n', 'user@example.com'],
    ['\u00a0user@example.com\u3000', 'user@example.com'],
    ['user@bücher.example', 'user@xn--bcher-kva.example'],
    ['USER@BÜCHER.EXAMPLE', 'user@xn--bcher-kva.example'],
    ['user@bu\u0308cher.example', 'user@xn--bcher-kva.example'],
    ['user@xn--bcher-kva.example', 'user@xn--bcher-kva.example'],
    ['user@XN--BCHER-KVA.example', 'user@xn--bcher-kva.example'],
    ['user@faß.example', 'user@xn--fa-hia.example'],
    ['user@пример.рф', 'user@xn--e1afmkfd.xn--p1ai'],
    ['user@日本語。ＪＰ', 'user@xn--wgv71a119e.jp'],
    ['user@ｅｘａｍｐｌｅ.com', 'user@example.com'],
    ['user@ex\u00adample.com', 'user@example.com'],
    ['user@123.example', 'user@123.example'],
    ['r&d@example.com', 'r&d@example.com'],
    ['sales/emea@example.com', 'sales/emea@example.com'],
    ['user+tag@example.com', 'user+tag@example.com'],
    ["!#$%&'*+/=?^_`{|}~-@example.com", "!#$%&'*+/=?^_`{|}~-@example.com"],
    ['a.b.c@example.com', 'a.b.c@example.com'],
    [`${'l'.repeat(64)}@example.com`, `${'l'.repeat(64)}@example.com`],
  ];
  for (const [sent, stored] of forms) {
    it(`${JSON.stringify(sent)} is stored as ${stored}`, () => {
      expect([emailFault(sent), canonicalEmail(sent)]).to.deep.equal([null, stored]);
      expect(canonicalEmail(stored)).to.equal(stored);
    });
  }

  const refused: readonly [text: string, reason: RegExp][] = [
    ['', /such as user@example\.com/],
    ['user', /such as user@example\.com/],
    ['@example.com', /before the @/],
    ['a@b@example.com', /before the @/],
    ['.user@example.com', /single dots/],
    ['user.@example.com', /single dots/],
    ['us..er@example.com', /single dots/],
    ['us er@example.com', /before the @/],
    ['us\0er@example.com', /before the @/],
    ['us\ner@example.com', /before the @/],
    ['us(er)@example.com', /before the @/],
    ['User <user@example.com>', /before the @/],
    ['"user"@example.com', /quotation marks/],
    ['"us er"@example.com', /quotation marks/],
    [`${'l'.repeat(65)}@example.com`, /at most 64/],
    ['müller@example.com', /ASCII/],
    ['mıke@example.com', /ASCII/],
    ['mi\u212ae@example.com', /ASCII/],
    ['用户@例子.广告', /ASCII/],
    ['user@localhost', /full name of a domain/],
    ['user@', /full name of a domain/],
    ['user@example', /full name of a domain/],
    ['user@example.com.', /full name of a domain/],
    ['user@.example.com', /full name of a domain/],
    ['user@exa..mple.com', /full name of a domain/],
    ['user@-a.example.com', /full name of a domain/],
    ['user@a-.example.com', /full name of a domain/],
    ['user@a_b.example.com', /full name of a domain/],
    ['user@a/b.example.com', /full name of a domain/],
    ['user@a%2eexample.com', /full name of a domain/],
    ['user@exam\tple.com', /full name of a domain/],
    ['user@example.com:25', /full name of a domain/],
    ['user@xn--a.example', /full name of a domain/],
    ['user@xn--a-.example', /full name of a domain/],
    ['user@www.XN--ZZ--.example', /full name of a domain/],
    ['user@\u202eexample.com', /full name of a domain/],
    ['user@a\u200db.example', /full name of a domain/],
    [`user@${'a'.repeat(64)}.example`, /full name of a domain/],
    ['user@192.0.2.1', /IP address/],
    ['user@[192.0.2.1]', /IP address/],
    ['user@[IPv6:2001:db8::1]', /IP address/],
    ['user@0x7f.1', /IP address/],
    ['user@１９２.０.２.１', /IP address/],
    [`user@${'abcdefghi.'.repeat(25)}com`, /254/],
  ];
  for (const [text, reason] of refused) {
    it(`is refused as ${JSON.stringify(text.slice(0, 40))}, with the reason`, () =>
      expect(emailFault(text)).to.match(reason));
  }

  it('never becomes the address of another mailbox, even where capital letters would', () =>
    expect(canonicalEmail('mi\u212ae@example.com')).not.to.equal('mike@example.com'));

  it('that an earlier release accepted has the form in which that release stored it', () => {
    const earlier = z.email().max(254);
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        if (earlier.safeParse(text).success) expect(canonicalEmail(text)).to.equal(text.toLowerCase());
      }),
    );
    for (const text of ['User@foo-.example', 'user@xn--a.example', `${'L'.repeat(70)}@example.com`]) {
      expect(earlier.safeParse(text).success).to.equal(true);
      expect(canonicalEmail(text)).to.equal(text.toLowerCase());
    }
  });
});

describe('The beginning of an email address', () => {
  const prefixes: readonly [sent: string, searched: string][] = [
    ['User', 'user'],
    [' user@Exam', 'user@exam'],
    ['user@bücher', 'user@xn--bcher-kva'],
    ['user@BÜCHER.example', 'user@xn--bcher-kva.example'],
    ['müller', 'müller'],
    ['user@bü/cher', 'user@bü/cher'],
  ];
  for (const [sent, searched] of prefixes) {
    it(`${sent} is searched as ${searched}`, () => expect(canonicalEmailPrefix(sent)).to.equal(searched));
  }
});
