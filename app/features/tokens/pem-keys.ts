import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { type Algorithm, ConfigError, withLineBreaks } from '../../config/config.ts';

/** The algorithms whose keys come in pairs. */
export type PairAlgorithm = Exclude<Algorithm, 'HS256'>;

/** RFC 7518 section 3.3 forbids smaller RSA keys. jose refuses them too, but only at the first signature. */
export const minRsaBits = 2048;

const kinds: Record<PairAlgorithm, { readonly what: string; readonly fits: (key: KeyObject) => boolean }> = {
  // 'rsa-pss' is a type of its own and cannot make RS256 signatures.
  RS256: { what: 'an RSA key', fits: (key) => key.asymmetricKeyType === 'rsa' },
  ES256: {
    what: 'an EC key on P-256',
    fits: (key) => key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
  },
  EdDSA: { what: 'an Ed25519 key', fits: (key) => key.asymmetricKeyType === 'ed25519' },
};

const generateKeys = promisify(generateKeyPair);

/** What is wrong with a key. `form`: the text is no PEM key that can be read. `pair`: the halves do not belong together. */
export type KeyProblem = 'form' | 'algorithm' | 'size' | 'pair';

/** A key of the configuration cannot be used. */
export class KeyError extends ConfigError {
  readonly problem: KeyProblem;

  constructor(fault: string, problem: KeyProblem) {
    super([fault]);
    this.problem = problem;
  }
}

function refuse(name: string, what: string, problem: KeyProblem = 'form'): never {
  throw new KeyError(`${name} ${what}`, problem);
}

function readKey(pem: string, half: 'private' | 'public', algorithm: PairAlgorithm, name: string): KeyObject {
  let key: KeyObject;
  try {
    key = half === 'private' ? createPrivateKey(pem) : createPublicKey(pem);
  } catch {
    return refuse(name, `is not a PEM ${half} key`);
  }
  const { what, fits } = kinds[algorithm];
  if (!fits(key)) refuse(name, `must contain ${what}, as JWT_ALGORITHM ${algorithm} requires`, 'algorithm');
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < minRsaBits)
    refuse(name, `must contain an RSA key of at least ${minRsaBits} bits`, 'size');
  return key;
}

/**
 * Reads a private key in PKCS#8, SEC 1 or PKCS#1 form. `ssh-keygen -m PEM` writes PKCS#1 (`BEGIN RSA PRIVATE KEY`),
 * which jose's own importers do not accept.
 * @throws ConfigError naming `name`, without OpenSSL's message
 */
export function parsePrivateKey(text: string, algorithm: PairAlgorithm, name: string): KeyObject {
  const pem = withLineBreaks(text);
  if (pem.includes('BEGIN OPENSSH PRIVATE KEY')) {
    refuse(name, 'is in the OpenSSH format; write it with ssh-keygen -m PEM');
  }
  if (/ENCRYPTED/.test(pem)) refuse(name, 'is encrypted: a passphrase is not supported');
  return readKey(pem, 'private', algorithm, name);
}

/**
 * Reads a public key in SPKI or PKCS#1 form. A private key is refused, although Node could derive the public key from
 * it: a private key in this place is about to leak.
 * @throws ConfigError naming `name`
 */
export function parsePublicKey(text: string, algorithm: PairAlgorithm, name: string): KeyObject {
  const pem = withLineBreaks(text);
  if (pem.includes('PRIVATE KEY')) refuse(name, 'contains a private key instead of a public key');
  return readKey(pem, 'public', algorithm, name);
}

async function generate(algorithm: PairAlgorithm, bits: number): Promise<KeyObject> {
  if (algorithm === 'RS256') return (await generateKeys('rsa', { modulusLength: bits })).privateKey;
  if (algorithm === 'ES256') return (await generateKeys('ec', { namedCurve: 'P-256' })).privateKey;
  return (await generateKeys('ed25519')).privateKey;
}

export function publicPemOf(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
}

/** Generates a key pair in PKCS#8 and SPKI form. `bits` applies to RSA only. */
export async function generatePair(
  algorithm: PairAlgorithm,
  bits: number = minRsaBits,
): Promise<{ privatePem: string; publicPem: string }> {
  const privateKey = await generate(algorithm, bits);
  return {
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: publicPemOf(privateKey),
  };
}
