import { createPublicKey, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { ConfigError } from '../../../config/config.ts';
import { type PairAlgorithm, parsePrivateKey, parsePublicKey } from '../pem-keys.ts';

/** A key that verifies. `since`: when it was first known, in milliseconds since the epoch. */
export interface AcceptedKey {
  readonly kid: string;
  readonly key: KeyObject;
  /** Null for a secret, which is never published. */
  readonly jwk: JWK | null;
  readonly since: number;
}

export interface SigningMaterial {
  readonly current: { readonly kid: string; readonly key: KeyObject };
  /** What verifies; the current one first. */
  readonly accepted: readonly AcceptedKey[];
}

/** @param key public; a private one would be published whole */
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
 * A pair: what it signs with must be what it verifies with, else every token it issued would be refused.
 * @throws ConfigError
 */
export async function parsePair(
  pems: { readonly privatePem: string; readonly publicPem: string | null },
  algorithm: PairAlgorithm,
  since: number,
): Promise<SigningMaterial> {
  const key = parsePrivateKey(pems.privatePem, algorithm, 'JWT_PRIVATE_KEY_PATH (or JWT_PRIVATE_KEY)');
  const derived = createPublicKey(key);
  const name = 'JWT_PUBLIC_KEY_PATH (or JWT_PUBLIC_KEY)';
  if (pems.publicPem !== null && !parsePublicKey(pems.publicPem, algorithm, name).equals(derived)) {
    throw new ConfigError([`${name} does not belong to the private key`]);
  }
  const accepted = await acceptPublicKey(derived, algorithm, since);
  return { current: { kid: accepted.kid, key }, accepted: [accepted] };
}

/**
 * All replicas must name a secret alike without telling each other, so its kid is derived from it. That gives away
 * nothing new: the kid lets a guess at the secret be checked offline, and so does every HS256 signature; a secret of
 * 32 random bytes withstands both. HKDF (RFC 5869) keeps the kid apart from every other use of the secret.
 */
function acceptSecret(secret: string, name: string, since: number): AcceptedKey {
  // Checked at boot by parseConfig; a file may have changed since.
  if (Buffer.byteLength(secret) < 32) throw new ConfigError([`${name} must be at least 32 bytes`]);
  if (secret.includes('-----BEGIN')) throw new ConfigError([`${name} must not be a PEM key`]);
  const kid = Buffer.from(hkdfSync('sha256', secret, '', 'kid', 12)).toString('base64url');
  return { kid, key: createSecretKey(secret, 'utf8'), jwk: null, since };
}

/** @throws ConfigError */
export function parseSecrets(secret: string, previous: string | null, since: number): SigningMaterial {
  const current = acceptSecret(secret, 'JWT_SECRET_KEY', since);
  const accepted = [current];
  if (previous !== null) accepted.push(acceptSecret(previous, 'JWT_SECRET_KEY_PREVIOUS', since));
  return { current, accepted };
}
