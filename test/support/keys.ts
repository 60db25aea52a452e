import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, parseConfig } from '../../app/config.ts';
import type { Environment } from '../../app/config-reader.ts';
import type { PairAlgorithm } from '../../app/domain/pem-keys.ts';
import { createLog, type Logger } from '../../app/observe/log.ts';

export interface PemPair {
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

/** The same pair for the same name in every test: RSA keys are slow to make. */
export function pemPair(name: string, algorithm: PairAlgorithm = 'RS256'): PemPair {
  const id = `${algorithm} ${name}`;
  const known = made.get(id);
  if (known) return known;
  const privatePem = generate(algorithm).export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicPem = createPublicKey(privatePem).export({ type: 'spki', format: 'pem' }).toString();
  const pair = {
    privatePem,
    publicPem,
    privateKey: createPrivateKey(privatePem),
    publicKey: createPublicKey(publicPem),
  };
  made.set(id, pair);
  return pair;
}

/** An empty folder, and its removal. */
export function scratchFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'auth-keys-'));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

export function testConfig(env: Environment): Config {
  return parseConfig({ ENV: 'test', ...env });
}

/** A log that remembers its lines, parsed. */
export function rememberingLog(): { log: Logger; lines: Record<string, unknown>[]; events: () => unknown[] } {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(
    { logLevel: 'debug', environment: 'test' },
    { write: (line) => lines.push(JSON.parse(line)) },
  );
  return { log, lines, events: () => lines.map(({ event }) => event) };
}
