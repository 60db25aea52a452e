import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { isStrongSecret, weakSecretFault } from '../../app/config/config.ts';
import type { Values } from '../values/schema.ts';

type Algorithm = Values['jwt']['algorithm'];

/**
 * Hosts that are only examples: the domains that RFC 2606 reserves, and labels that documentation puts where a name
 * belongs. Only a whole label counts: auth.todoapp.internal, youragency.de and the namespace todo are real names.
 */
const exampleHost =
  /(^|\.)(example\.(com|net|org)|example|invalid)$|(^|\.)(x{3,}|change-?me|placeholder|yourdomain|your[-_][^.]*)(\.|$)|[<>]|\.\./i;

/** Words that placeholders and the passwords of examples are made of. */
const exampleWords =
  /^(change|changeme|placeholder|example|your|dummy|todo|x{3,}|super|secret|key|here|pass|word|admin|auth|guest|postgres|redis|root|test|token|user)+$/;

/**
 * Whether a text says nothing but that somebody should replace it: words of examples, with less than eight letters
 * beside them. A random text may contain such a word by chance and is none.
 */
function isPlaceholder(text: string): boolean {
  const plain = text.toLowerCase().replaceAll(/[4@]/g, 'a').replaceAll('0', 'o').replaceAll('to-do', 'todo');
  const words = [...new Set(plain.split(/[^\p{L}]+/u))].filter((word) => word !== '');
  const others = words.filter((word) => !exampleWords.test(word));
  return others.length < words.length && others.join('').length < 8;
}

/** What is wrong with a connection URL; undefined if nothing is. */
export function urlFault(text: string, protocols: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol))
    return `must be a URL that begins with ${protocols.map((name) => `${name}//`).join(' or ')}`;
  const { hostname, password } = url;
  if (exampleHost.test(hostname)) return 'must name a real host instead of a placeholder';
  if (isPlaceholder(password)) return 'must have a real password instead of a placeholder';
  if (password.length < 12) return 'must have a password of at least 12 characters';
  return undefined;
}

/** Why an attacker could guess an HS256 secret; undefined if it is strong enough. */
export function sharedSecretFault(text: string): string | undefined {
  if (text.includes('-----BEGIN')) return 'must be a random secret and not a PEM key';
  if (isPlaceholder(text)) return 'must be a random secret instead of a placeholder';
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
