import { createPublicKey, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { ConfigError, isStrongSecret, weakSecretFault } from '../../../config/config.ts';
import { KeyError, type PairAlgorithm, parsePrivateKey, parsePublicKey } from '../pem-keys.ts';

/** A key that verifies tokens. `since` is the time at which it was first seen, in milliseconds since the epoch. */
export interface AcceptedKey {
  readonly kid: string;
  readonly key: KeyObject;
  /** Null for a secret, which is never published. */
  readonly jwk: JWK | null;
  readonly since: number;
}

export interface SigningMaterial {
  readonly current: { readonly kid: string; readonly key: KeyObject };
  /** The keys that verify tokens, the current one first. */
  readonly accepted: readonly AcceptedKey[];
}

/** @param key must be public: the key set is published */
export async function acceptPublicKey(
  key: KeyObject,
  algorithm: PairAlgorithm,
  since: number,
): Promise<AcceptedKey> {
  const kid = await calculateJwkThumbprint(key);
  const jwk: JWK = { ...(await exportJWK(key)), kid, alg: algorithm, use: 'sig' };
  return { kid, key, jwk: Object.freeze(jwk), since };
}

/**
 * Parses a key pair and checks that the two belong together; otherwise every issued token would be refused.
 * @throws ConfigError
 */
export async function parsePair(
  [privatePem, publicPem]: readonly [string, string | null],
  algorithm: PairAlgorithm,
  since: number,
): Promise<SigningMaterial> {
  const key = parsePrivateKey(privatePem, algorithm, 'JWT_PRIVATE_KEY_PATH (or JWT_PRIVATE_KEY)');
  const derived = createPublicKey(key);
  const name = 'JWT_PUBLIC_KEY_PATH (or JWT_PUBLIC_KEY)';
  if (publicPem !== null && !parsePublicKey(publicPem, algorithm, name).equals(derived)) {
    throw new KeyError(`${name} does not belong to the private key`, 'pair');
  }
  const accepted = await acceptPublicKey(derived, algorithm, since);
  return { current: { kid: accepted.kid, key }, accepted: [accepted] };
}

/**
 * All replicas must use the same kid for a secret without talking to each other, so the kid is derived from the secret.
 * This reveals nothing new: a guess at the secret can be checked offline against the kid, and also against every HS256
 * signature. A secret of 32 random bytes withstands both. HKDF (RFC 5869) separates the kid from other uses.
 */
function acceptSecret(
  secret: string,
  name: string,
  since: number,
  onWeak: (fault: string) => void,
): AcceptedKey {
  // parseConfig checked this at boot, but the file may have changed since.
  if (Buffer.byteLength(secret) < 32) throw new ConfigError([`${name} must be at least 32 bytes`]);
  if (secret.includes('-----BEGIN')) throw new ConfigError([`${name} must not be a PEM key`]);
  if (!isStrongSecret(secret)) onWeak(`${name} ${weakSecretFault}, or set JWT_ALLOW_WEAK_SECRET=on`);
  const kid = Buffer.from(hkdfSync('sha256', secret, '', 'kid', 12)).toString('base64url');
  return { kid, key: createSecretKey(secret, 'utf8'), jwk: null, since };
}

/**
 * @param onWeak called with the fault of a secret that somebody could guess
 * @throws ConfigError, and what `onWeak` throws
 */
export function parseSecrets(
  secret: string,
  previous: string | null,
  since: number,
  onWeak: (fault: string) => void,
): SigningMaterial {
  const current = acceptSecret(secret, 'JWT_SECRET_KEY', since, onWeak);
  const accepted = [current];
  if (previous !== null) accepted.push(acceptSecret(previous, 'JWT_SECRET_KEY_PREVIOUS', since, onWeak));
  return { current, accepted };
}
