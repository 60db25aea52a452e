import { AppError, type ErrorCode } from '../../errors.ts';
import type { Where } from '../../observe/events/subject-fields.ts';
import type { IsBreached } from './breach-check.ts';
import { foldPassword, loadCommonPasswords } from './common-passwords.ts';
import { type Identity, identityWords, serviceWords, wordsOf, wordsThatMakeUp } from './context-words.ts';
import { createStrengthEstimator } from './strength-estimate.ts';

export type CheckPassword = Awaited<ReturnType<typeof createPasswordPolicy>>;

export const passwordLength = { min: 8, max: 128 } as const;

/** Nothing that a reader could see: spaces, controls, and characters without a glyph of their own. */
const blank = /^[\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** The same keys of a US keyboard without Shift, and the letters that signs stand for. */
const unshifted = ['!1', '@2', '#3', '$4', '%5', '^6', '&7', '*8', '(9', ')0', '_-', '+='];
const letters = ['4a', '@a', '3e', '0o', '$s', '5s', '7t', '!i'];
const replacements = [unshifted, [...letters, '1i'], [...letters, '1l']].map(
  (pairs) => new Map(pairs.map(([from = '', to = '']) => [from, to])),
);

/** What the list of common passwords is searched for, given a folded password. */
function spellings(folded: string): readonly string[] {
  const text = folded.trim();
  return [
    folded,
    text,
    ...replacements.map((letterOf) => [...text].map((sign) => letterOf.get(sign) ?? sign).join('')),
  ];
}

async function load() {
  const [commonPasswords, estimator] = await Promise.all([loadCommonPasswords(), createStrengthEstimator()]);
  return { commonPasswords, estimator };
}

let loading: ReturnType<typeof load> | undefined;

/**
 * The rules for a new password: length, and nothing that is known or easy to guess. There is no composition rule
 * (ASVS 6.2). It is used where a password is set, and never at a login: an old password stays valid.
 * @param options.issuer its words are refused like those of the service
 * @param options.isBreached whether the password is in a breach; never fails
 */
export async function createPasswordPolicy(options: { issuer: string; isBreached: IsBreached }) {
  // Once for a process: tests compose many applications.
  loading ??= load();
  const { commonPasswords, estimator } = await loading;
  const contextWords = [...new Set([...serviceWords, ...wordsOf(options.issuer)])];

  function weaknessOf(password: string, identity: Identity): [ErrorCode, string] | null {
    const length = [...password].length;
    if (length < passwordLength.min || length > passwordLength.max) {
      return ['validation_failed', `must have ${passwordLength.min} to ${passwordLength.max} characters`];
    }
    if (blank.test(password)) return ['password_too_common', 'must have more than spaces'];
    const folded = foldPassword(password);
    const ownWords = identityWords(identity);
    const words = [...ownWords, ...contextWords];
    const weakness = estimator.findWeakness(folded, words);
    const partsInWords = wordsThatMakeUp(folded, words);
    if ([...partsInWords, ...(weakness ?? [])].some((word) => ownWords.has(word))) {
      return ['password_matches_identity', 'must not be made from the email address or the username'];
    }
    if (spellings(folded).some((spelling) => commonPasswords.has(spelling))) {
      return ['password_too_common', 'is among the most common passwords'];
    }
    const isGuessable = weakness !== null || partsInWords.length > 0;
    return isGuessable
      ? ['password_too_common', 'is too easy to guess: use more words or more random characters']
      : null;
  }

  /**
   * The length counts code points, so that every script has the same limits.
   * @param options.field the path that the error names
   * @param options.where the request that sets the password, for the log
   * @throws AppError validation_failed, password_too_common, password_matches_identity or password_breached
   */
  return async function checkPassword(
    password: string,
    identity: Identity,
    { field = 'password', where }: { field?: string; where?: Where } = {},
  ): Promise<void> {
    const refuse = (code: ErrorCode, message: string): never => {
      throw new AppError(code, { detail: message, fields: [{ path: field, message }] });
    };
    const weakness = weaknessOf(password, identity);
    if (weakness) refuse(...weakness);
    if (await options.isBreached(password, where)) {
      refuse('password_breached', 'is known from a data breach: choose another one');
    }
  };
}
