import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import { type CheckPassword, createPasswordPolicy } from '../../../app/features/passwords/password-policy.ts';
import { publishedLists } from './published-lists.ts';

const someone = { email: 'mary.kovalenko@blue-lagoon.example', username: 'sailor_77' };

describe('Password policy', () => {
  let checkPassword: CheckPassword;
  before(async () => {
    checkPassword = await createPasswordPolicy({
      issuer: 'https://login.umbrella-corp.example/realms/staff',
      isBreached: async () => false,
    });
  });

  async function errorOf(password: string): Promise<AppError | null> {
    try {
      await checkPassword(password, someone);
      return null;
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }
  const codeOf = async (password: string) => (await errorOf(password))?.code ?? 'accepted';

  async function accepted(passwords: readonly string[]): Promise<string[]> {
    const codes = await Promise.all(passwords.map(codeOf));
    return passwords.filter((_password, at) => codes[at] === 'accepted');
  }

  for (const [source, words] of Object.entries(publishedLists)) {
    it(`refuses the most common passwords of others: ${source} (ASVS 6.2.4)`, async () => {
      const longEnough = words.filter((word) => [...word].length >= 8);
      expect(longEnough.length).to.be.above(5);
      expect(await accepted(longEnough)).to.deep.equal([]);
    });
  }

  const guessable: readonly [what: string, passwords: readonly string[]][] = [
    [
      'repeats',
      ['aaaaaaaa', '00000000', '123123123', 'abababab', 'xyzxyzxyzxyz', '密碼密碼密碼密碼', 'ü'.repeat(128)],
    ],
    ['long repeats', ['password'.repeat(16), 'qwertyuiop'.repeat(12), `${'abcdefghi'.repeat(14)}ab`]],
    [
      'sequences',
      ['987654321', 'abcdefgh', 'zyxwvutsr', '0123456789', '13579111315', 'ABCDEFGHIJ', '12345678abcdefgh'],
    ],
    [
      'walks over the keyboard',
      [
        'qwertzuiop',
        '1qaz2wsx',
        '!QAZ2wsx#EDC',
        '1qaz@WSX3edc$RFV',
        'azertyuiop',
        'poiuytrewq',
        'aoeuidhtns',
        '789456123',
      ],
    ],
    [
      'dates',
      [
        '19901231',
        '31.12.1990',
        '1990-12-31',
        '12/31/1990',
        '31121990',
        'December2023',
        'July-1985',
        'Juillet@2024',
        '1985-06'.repeat(2),
      ],
    ],
    [
      'lone spaces',
      [
        '        ',
        '\t \u00a0\u3000\u2003  \u200b',
        '\u3164\u3164\u3164\u3164\u3164\u3164\u3164\u3164',
        ' '.repeat(128),
      ],
    ],
    ['a word among spaces', ['password        ', '     dragon', 'a          ']],
    [
      'spellings of common words',
      [
        'Admin@123',
        'P@ssw0rd1',
        'pA$$w0rD!',
        'Adm1n1str@t0r',
        '1L0v3Y0u!',
        'drowssap1',
        'ｐａｓｓｗｏｒｄ',
        'ＰＡＳＳＷＯＲＤ１',
      ],
    ],
    [
      'words with usual endings',
      ['Summer2024!', 'Welcome@2024', 'Spring-2025!', 'monkey_2020', 'letmein!!!', 'dragon#1'],
    ],
  ];
  for (const [what, passwords] of guessable) {
    it(`refuses ${what}`, async () => {
      for (const password of passwords)
        expect(await codeOf(password), password).to.equal('password_too_common');
    });
  }

  it('refuses the names of the service and of the issuer, with digits, years and signs (ASVS 6.2.11)', async () => {
    for (const password of [
      'authservice',
      'auth-service',
      'AUTH_SERVICE',
      'auth system',
      'auth-admin2026',
      'auth-service-2026',
      'auth.service!2026#',
      '4uth-s3rv1ce-2026',
      'admin-auth-system',
      'umbrella-corp',
      'UmbrellaCorp2026',
      'umbrella@123',
      'staff.umbrella.corp',
      'login-umbrella-1',
    ]) {
      expect(await codeOf(password), password).to.equal('password_too_common');
    }
  });

  it('refuses what is made from the email or the username', async () => {
    for (const password of [
      'mary.kovalenko@blue-lagoon.example',
      'MARY.KOVALENKO',
      'kovalenko',
      'MaryKovalenko1',
      'Kovalenko@123',
      'k0v4l3nk0!',
      'blue-lagoon-2026',
      'sailor_77',
      'sailor77sailor',
      'oknelavok1',
    ]) {
      expect(await codeOf(password), password).to.equal('password_matches_identity');
    }
  });

  it('knows the letters of an international domain', async () => {
    const owner = { email: 'mary@xn--bcherwurm-q9a.example', username: 'sailor_77' };
    const error = await checkPassword('bücherwurm2026', owner).catch((reason) => reason);
    expect(error).to.have.property('code', 'password_matches_identity');
  });

  it('asks for no composition: letters, digits, signs or spaces within will do (ASVS 6.2.5)', async () => {
    const passwords = [
      'qmzuvkelpo',
      'QMZUVKELPO',
      '8402957716',
      '$%&/()=?!;',
      'q m z u v k',
      'пароль-мой',
      '密碼很難猜到的吧',
    ];
    expect(await accepted(passwords)).to.deep.equal(passwords);
  });

  it('accepts the password of the deployment guide, and phrases that only contain its own words', async () => {
    const passwords = [
      'StrongPass123!',
      'YourStrongPassword123!',
      'my auth-service and I',
      'mary likes k8s-clusters',
    ];
    expect(await accepted(passwords)).to.deep.equal(passwords);
  });

  it('accepts a strong beginning or end of a long password, and estimates nothing between', async () => {
    const strong = 'vB7#kQ2$xN9!';
    const weak = 'abcdefghijklmnopqrstuvwxyz';
    expect(await accepted([strong + weak + weak, weak + weak + strong])).to.have.length(2);
    expect(await codeOf(weak + strong + weak)).to.equal('password_too_common');
  });

  it('names the field, and says what is wrong in a sentence', async () => {
    const messages = [
      ['short', 'must have 8 to 128 characters'],
      ['x'.repeat(129), 'must have 8 to 128 characters'],
      ['         ', 'must have more than spaces'],
      ['password123', 'is among the most common passwords'],
      ['auth-service-2026', 'is too easy to guess: use more words or more random characters'],
      ['kovalenko2026', 'must not be made from the email address or the username'],
    ] as const;
    for (const [password, message] of messages) {
      const error = await errorOf(password);
      expect(error?.detail, password).to.equal(message);
      expect(error?.fields).to.deep.equal([{ path: 'password', message }]);
    }
  });

  it('asks for breaches last, with the password as it was given', async () => {
    const asked: string[] = [];
    const check = await createPasswordPolicy({
      issuer: 'auth-service',
      isBreached: async (password) => asked.push(password) > 0,
    });
    const refusal = async (password: string) => {
      const error = await check(password, someone, { field: 'new_password' }).catch(
        (reason: unknown) => reason,
      );
      return error instanceof AppError && [error.code, error.fields?.[0]?.path];
    };
    expect(await refusal('password123')).to.deep.equal(['password_too_common', 'new_password']);
    expect(asked).to.deep.equal([]);
    expect(await refusal(' Ｑmzuvkelpo ')).to.deep.equal(['password_breached', 'new_password']);
    expect(asked).to.deep.equal([' Ｑmzuvkelpo ']);
  });
});
