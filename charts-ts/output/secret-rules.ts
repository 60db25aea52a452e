import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Values } from '../values/schema.ts';

type Algorithm = Values['jwt']['algorithm'];

const placeholder =
  /change.?me|placeholder|example|your[-_.]?\w|dummy|to-?do|xxx|<[^>]*>|\.\.\.|secret-?key|super-?secret|p[a4@]ssw[o0]rd/i;
const weakPasswords = /^(admin|auth|guest|postgres|redis|root|secret|test|token|user)$/i;

/** Why a URL's password, or the URL itself, cannot be real; undefined if it may be. */
export function urlFault(text: string, protocols: readonly string[]): string | undefined {
  if (!URL.canParse(text)) return 'is not a URL';
  const { hostname, password, protocol } = new URL(text);
  if (!protocols.includes(protocol))
    return `must begin with ${protocols.map((name) => `${name}//`).join(' or ')}`;
  if (placeholder.test(hostname)) return 'names a placeholder as its host';
  if (placeholder.test(password) || weakPasswords.test(password)) return 'has a placeholder as its password';
  if (password.length < 12) return 'needs a password of at least 12 characters';
  return undefined;
}

/** Why an HS256 secret is too easy to guess. */
export function sharedSecretFault(text: string): string | undefined {
  if (text.includes('-----BEGIN')) return 'must not be a PEM key';
  if (placeholder.test(text)) return 'is a placeholder';
  if (Buffer.byteLength(text) < 32) return 'must be at least 32 bytes; openssl rand -base64 48 makes one';
  if (new Set(text).size < 12) return 'repeats too few characters to be random';
  return undefined;
}

const fits: Record<Exclude<Algorithm, 'HS256'>, (key: KeyObject) => boolean> = {
  RS256: ({ asymmetricKeyDetails, asymmetricKeyType }) =>
    asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
  ES256: ({ asymmetricKeyDetails, asymmetricKeyType }) =>
    asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1',
  EdDSA: ({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519',
};

/** Why these PEM texts are no pair for the algorithm. */
export function keyPairFault(
  algorithm: Algorithm,
  privatePem: string,
  publicPem: string,
): string | undefined {
  if (algorithm === 'HS256') return undefined;
  // createPublicKey would take a private key as well, and the service would then hand it to everybody.
  if (!publicPem.startsWith('-----BEGIN PUBLIC KEY-----')) return 'has no PEM public key beside it';
  try {
    const derived = createPublicKey(createPrivateKey(privatePem));
    if (!fits[algorithm](derived)) return `is not a key for ${algorithm} (RSA needs 2048 bits)`;
    const given = createPublicKey(publicPem).export({ type: 'spki', format: 'der' });
    return given.equals(derived.export({ type: 'spki', format: 'der' }))
      ? undefined
      : 'does not match the public key';
  } catch {
    return 'is not a pair of PEM keys';
  }
}
