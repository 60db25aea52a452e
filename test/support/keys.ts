import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { type Config, parseConfig } from '../../app/config/config.ts';
import type { Environment } from '../../app/config/reader.ts';
import type { PairAlgorithm } from '../../app/features/tokens/pem-keys.ts';
import { openSigningKeys, type SigningKeys } from '../../app/features/tokens/signing-keys.ts';
import { createLog, type Logger } from '../../app/observe/log.ts';
import { parseLine } from './log-lines.ts';

export interface PemPair {
  readonly algorithm: PairAlgorithm;
  readonly privatePem: string;
  readonly publicPem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const made = new Map<string, PemPair>();

function generate(algorithm: PairAlgorithm): KeyObject {
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return generateKeyPairSync('ed25519').privateKey;
}

/** Returns the same pair for the same name in every test: RSA keys are slow to generate. */
export function pemPair(name: string, algorithm: PairAlgorithm = 'RS256'): PemPair {
  const id = `${algorithm} ${name}`;
  const known = made.get(id);
  if (known) return known;
  const privatePem = generate(algorithm).export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicPem = createPublicKey(privatePem).export({ type: 'spki', format: 'pem' }).toString();
  const pair = {
    algorithm,
    privatePem,
    publicPem,
    privateKey: createPrivateKey(privatePem),
    publicKey: createPublicKey(publicPem),
  };
  made.set(id, pair);
  return pair;
}

/** Creates an empty folder. @returns its path and a function that removes it */
export function scratchFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'auth-keys-'));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

export function testConfig(env: Environment): Config {
  return parseConfig({ ENV: 'test', ...env });
}

/** A log that records its lines, parsed. */
export function recordingLog(): { log: Logger; lines: Record<string, unknown>[]; events: () => unknown[] } {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(
    { logLevel: 'debug', environment: 'test' },
    { write: (line) => lines.push(parseLine(line)) },
  );
  return { log, lines, events: () => lines.map(({ event }) => event) };
}

export const kidOf = ({ publicKey }: PemPair): Promise<string> => calculateJwkThumbprint(publicKey);

export const publishedKids = (keys: SigningKeys): unknown[] => keys.jwks().keys.map(({ kid }) => kid);

/** Opens keys and creates folders; closes and removes them after each test of the calling suite. */
export function useSigningKeys() {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
  });

  function folder(): string {
    const { path, remove } = scratchFolder();
    cleanups.push(remove);
    return path;
  }

  return {
    folder,

    async open(env: Environment, now?: () => number) {
      const memory = recordingLog();
      const keys = await openSigningKeys(testConfig(env), memory.log, now);
      cleanups.push(() => keys.close());
      return { keys, ...memory };
    },

    /** Key files as an operator lays them out: a pair, and a folder of further public keys. */
    keyFiles(initial: PemPair) {
      const root = folder();
      const further = join(root, 'public');
      mkdirSync(further);
      const at = (name: string): string => join(root, name);
      const writePair = ({ privatePem, publicPem }: PemPair): void => {
        writeFileSync(at('private.pem'), privatePem, { mode: 0o600 });
        writeFileSync(at('public.pem'), publicPem);
      };
      writePair(initial);
      const env = {
        JWT_ALGORITHM: initial.algorithm,
        JWT_PRIVATE_KEY_PATH: at('private.pem'),
        JWT_PUBLIC_KEY_PATH: at('public.pem'),
        JWT_PUBLIC_KEYS_DIR: further,
      };
      return { env, at, writePair, further };
    },
  };
}
