import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { isStrongSecret, weakSecretFault } from '../../app/config/config.ts';
import type { Values } from '../values/schema.ts';

type Algorithm = Values['jwt']['algorithm'];

const placeholder =
  /change.?me|placeholder|example|your[-_.]?\w|dummy|to-?do|xxx|<[^>]*>|\.\.\.|secret-?key|super-?secret|p[a4@]ssw[o0]rd/i;
const weakPasswords = /^(admin|auth|guest|postgres|redis|root|secret|test|token|user)$/i;

/** What is wrong with a connection URL; undefined if nothing is. */
export function urlFault(text: string, protocols: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol))
    return `must be a URL that begins with ${protocols.map((name) => `${name}//`).join(' or ')}`;
  const { hostname, password } = url;
  if (placeholder.test(hostname)) return 'must name a real host instead of a placeholder';
  if (placeholder.test(password) || weakPasswords.test(password))
    return 'must have a real password instead of a placeholder';
  if (password.length < 12) return 'must have a password of at least 12 characters';
  return undefined;
}

/** Why an attacker could guess an HS256 secret; undefined if it is strong enough. */
export function sharedSecretFault(text: string): string | undefined {
  if (text.includes('-----BEGIN')) return 'must be a random secret and not a PEM key';
  if (placeholder.test(text)) return 'must be a random secret instead of a placeholder';
  if (Buffer.byteLength(text) < 32)
    return 'must have at least 32 bytes; openssl rand -base64 48 generates such a secret';
  return isStrongSecret(text) ? undefined : weakSecretFault;
}

const isKeyFor: Record<Exclude<Algorithm, 'HS256'>, (key: KeyObject) => boolean> = {
  RS256: ({ asymmetricKeyDetails, asymmetricKeyType }) =>
    asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
  ES256: ({ asymmetricKeyDetails, asymmetricKeyType }) =>
    asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1',
  EdDSA: ({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519',
};

/** Why the service could not sign with this pair of PEM keys; undefined if it can. */
export function keyPairFault(algorithm: Algorithm, privatePem: string, publicPem: string) {
  if (algorithm === 'HS256') return undefined;
  // createPublicKey accepts a private key too, and the service would then publish it.
  if (!publicPem.startsWith('-----BEGIN PUBLIC KEY-----')) return 'needs a PEM public key in JWT_PUBLIC_KEY';
  try {
    const derived = createPublicKey(createPrivateKey(privatePem));
    if (!isKeyFor[algorithm](derived))
      return `must be a key for ${algorithm} (RSA keys need at least 2048 bits)`;
    const given = createPublicKey(publicPem).export({ type: 'spki', format: 'der' });
    return given.equals(derived.export({ type: 'spki', format: 'der' }))
      ? undefined
      : 'must match the public key, but belongs to another pair';
  } catch {
    return 'must be a PEM private key of the same pair as the PEM public key';
  }
}
