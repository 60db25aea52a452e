import { type Config, ConfigError } from '../../config/config.ts';
import { parsePair } from './internal/key-material.ts';
import { KeyError, type KeyProblem } from './pem-keys.ts';

export { findReadableKeyFiles } from './internal/key-files.ts';

/** What a diagnosis needs to know of the configured key pair. */
export type KeyPairState =
  | { readonly kid: string; readonly problem: null }
  | { readonly problem: KeyProblem; readonly fault: string };

/**
 * Examines the key pair of the configuration as a start of the service does.
 * @returns null if no key pair is configured, or its text cannot be read
 */
export async function inspectKeyPair({
  algorithm,
  privateKey,
  publicKey,
}: Config['jwt']): Promise<KeyPairState | null> {
  const privatePem = privateKey?.();
  if (algorithm === 'HS256' || !privatePem) return null;
  try {
    const { current } = await parsePair([privatePem, publicKey?.() || null], algorithm, Date.now());
    return { kid: current.kid, problem: null };
  } catch (error) {
    if (error instanceof KeyError) return { problem: error.problem, fault: error.faults.join('; ') };
    if (error instanceof ConfigError) return { problem: 'form', fault: error.faults.join('; ') };
    throw error;
  }
}
