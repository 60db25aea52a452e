import { dictionary } from '@zxcvbn-ts/language-common';
import { AppError, type ErrorCode } from '../../errors.ts';

export const passwordLength = { min: 8, max: 128 } as const;

/** About 18,000 of the most common passwords that satisfy the length rule (ASVS 6.2.4 asks for 3,000). */
const common: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].filter((word) => String(word).length >= passwordLength.min),
);

/** Names of this service (ASVS 6.1.2), alone or followed by digits. */
const contextWord = /^auth[-_ ]?(service|system|admin)\d*$/;

/**
 * Checks a new password by length and against known bad values; there is no composition rule (ASVS 6.2). The length
 * counts code points, so that every script has the same limits.
 * @throws AppError validation_failed, password_too_common or password_matches_identity
 */
export function checkPassword(
  password: string,
  identity: { email: string; username: string },
  field = 'password',
): void {
  const refuse = (code: ErrorCode, message: string): never => {
    throw new AppError(code, { detail: message, fields: [{ path: field, message }] });
  };
  const length = [...password].length;
  if (length < passwordLength.min || length > passwordLength.max) {
    refuse('validation_failed', `must have ${passwordLength.min} to ${passwordLength.max} characters`);
  }
  const folded = password.toLowerCase();
  const email = identity.email.toLowerCase();
  if ([email, email.split('@')[0], identity.username.toLowerCase()].includes(folded)) {
    refuse('password_matches_identity', 'must not be the email address or the username');
  }
  if (common.has(folded) || contextWord.test(folded)) {
    refuse('password_too_common', 'is among the most common passwords');
  }
}
