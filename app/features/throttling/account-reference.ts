import { createHmac } from 'node:crypto';

/** Characters of base64url, six bits each. Two emails of one installation do not share a reference by chance. */
const length = 22;

/**
 * Makes the reference to an account in the log: a keyed hash of its canonical email, whether or not the account exists. So
 * attempts on an account that does not exist can be counted and compared, and the log contains no email. Without the secret,
 * which Postgres stores, nobody can find out whether a reference belongs to a known email.
 */
export const createAccountReference =
  (secret: Buffer) =>
  (email: string): string =>
    // The text before the email keeps the references apart from the keys of the throttle, which has the same secret.
    createHmac('sha256', secret).update(`log account ${email}`).digest('base64url').slice(0, length);
