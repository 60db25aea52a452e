import { domainToUnicode } from 'node:url';
import { foldPassword } from './common-passwords.ts';

export interface Identity {
  readonly email: string;
  readonly username: string;
}

/** Names of this service (ASVS 6.1.2), folded. docs/security.md lists them. */
export const serviceWords: readonly string[] = [
  ...['auth', 'authentication', 'service', 'system', 'admin', 'login'],
  ...['service', 'system', 'admin'].flatMap((noun) =>
    ['', '-', '_', ' ', '.'].map((sign) => `auth${sign}${noun}`),
  ),
];

/** Letters and digits that a password must have beside such words. A year has four. */
const minOther = 5;

/** The whole text, and its words and numbers of three or more characters, folded. */
export function wordsOf(text: string): readonly string[] {
  const folded = foldPassword(text);
  return [folded, ...(folded.match(/\p{L}{3,}|\p{N}{3,}/gu) ?? [])];
}

/** The email, its parts and the username, and their words, folded. */
export function identityWords({ email, username }: Identity): ReadonlySet<string> {
  const [local = '', domain = ''] = email.split('@');
  // Users know an international domain by its letters, not by the A-labels that are stored.
  return new Set([email, local, domain, domainToUnicode(domain), username].flatMap(wordsOf));
}

/**
 * The words in a password that has next to nothing beside them, such as `acme-auth-2026`.
 * @param password folded
 * @param words folded
 */
export function wordsThatMakeUp(password: string, words: readonly string[]): readonly string[] {
  const found: string[] = [];
  let rest = password;
  for (const word of [...words].sort((a, b) => b.length - a.length)) {
    if (!rest.includes(word)) continue;
    found.push(word);
    rest = rest.replaceAll(word, ' ');
  }
  return (rest.match(/[\p{L}\p{N}]/gu) ?? []).length < minOther ? found : [];
}
