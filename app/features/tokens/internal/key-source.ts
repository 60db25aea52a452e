import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, ConfigError } from '../../../config/config.ts';
import type { Logger } from '../../../observe/log.ts';
import { type PairAlgorithm, parsePublicKey } from '../pem-keys.ts';
import { openGeneratedPair } from './generated-pair.ts';
import { createKeyFileCheck } from './key-files.ts';
import {
  type AcceptedKey,
  acceptPublicKey,
  parsePair,
  parseSecrets,
  type SigningMaterial,
} from './key-material.ts';
import type { Source } from './watched-source.ts';

export type KeyConfig = Pick<Config, 'jwt' | 'sessions' | 'dataDir' | 'environment'>;

type SigningSource = Source<readonly [string, string | null], SigningMaterial>;

/** One file of JWT_PUBLIC_KEYS_DIR. The text is empty if the file cannot be read. */
interface PublicFile {
  readonly name: string;
  readonly text: string;
  readonly since: number;
}

function secretSource({ jwt, environment }: KeyConfig, log: Logger, now: () => number): SigningSource {
  const { allowWeakSecret, previousSecret, secret } = jwt;
  // parseConfig refuses this first. The check guards callers that build a Config in another way.
  if (!secret) throw new ConfigError(['JWT_SECRET_KEY is required when JWT_ALGORITHM is HS256']);
  const isWeakRefused = environment === 'production' && !allowWeakSecret;
  const onWeak = (fault: string): void => {
    // parseConfig checked this at boot, but the file may have changed since.
    if (isWeakRefused) throw new ConfigError([fault]);
    log.warn({ event: 'weak_secret' }, fault);
  };
  return {
    read: async () => [secret(), previousSecret?.() ?? null],
    parse: async ([current, previous]) => parseSecrets(current, previous, now(), onWeak),
  };
}

async function generatedSource(config: KeyConfig, algorithm: PairAlgorithm): Promise<SigningSource> {
  if (config.environment === 'production')
    throw new ConfigError(['JWT_PRIVATE_KEY_PATH is required in production']);
  const { path, since } = await openGeneratedPair(config.dataDir, algorithm);
  return {
    read: async () => [await readFile(path, 'utf8'), null],
    parse: (pems) => parsePair(pems, algorithm, since),
  };
}

/**
 * Where the signing key comes from: the HS256 secrets, the configured key pair, or the generated pair in DATA_DIR.
 * Each read checks who else can read the files of a configured key.
 * @throws ConfigError if no signing key is configured
 */
export async function openSigningSource(
  config: KeyConfig,
  log: Logger,
  now: () => number,
): Promise<SigningSource> {
  const source = await openUncheckedSource(config, log, now);
  const check = createKeyFileCheck(config, log);
  return {
    ...source,
    async read() {
      await check();
      return source.read();
    },
  };
}

async function openUncheckedSource(config: KeyConfig, log: Logger, now: () => number) {
  const { algorithm, privateKey, publicKey } = config.jwt;
  if (algorithm === 'HS256') return secretSource(config, log, now);
  if (!privateKey) return generatedSource(config, algorithm);
  const source: SigningSource = {
    read: async () => [privateKey(), publicKey?.() ?? null],
    parse: (pems) => parsePair(pems, algorithm, now()),
  };
  return source;
}

async function readPublicFile(folder: string, name: string): Promise<PublicFile> {
  try {
    const path = join(folder, name);
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { name, text, since: mtimeMs };
  } catch {
    // The parser refuses an empty text and names the file.
    return { name, text: '', since: 0 };
  }
}

/** Skips dotfiles: drafts of editors, and the `..data` links by which Kubernetes swaps a mounted Secret. */
async function readFolder(folder: string): Promise<PublicFile[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    throw new ConfigError(['JWT_PUBLIC_KEYS_DIR names a folder that cannot be read']);
  }
  const pems = names.filter((name) => name.endsWith('.pem') && !name.startsWith('.')).sort();
  return Promise.all(pems.map((name) => readPublicFile(folder, name)));
}

/**
 * The further public keys. An unusable file is refused at boot. Later it is logged, and the file's last usable key
 * stays accepted while the file exists: a half-written file must not drop a key whose tokens are still valid.
 */
export function publicFolderSource(
  folder: string,
  algorithm: PairAlgorithm,
  log: Logger,
): Source<PublicFile[], readonly AcceptedKey[]> {
  let lastGood = new Map<string, AcceptedKey>();

  async function parse({ name, text, since }: PublicFile, boot: boolean): Promise<AcceptedKey | undefined> {
    try {
      const key = parsePublicKey(text, algorithm, `JWT_PUBLIC_KEYS_DIR: ${name}`);
      return await acceptPublicKey(key, algorithm, since);
    } catch (error) {
      if (boot) throw error;
      log.warn({ event: 'public_key_unusable', file: name, err: error }, 'a public key file is unusable');
      return lastGood.get(name);
    }
  }

  return {
    read: () => readFolder(folder),
    async parse(files, boot) {
      const good = new Map<string, AcceptedKey>();
      for (const file of files) {
        const key = await parse(file, boot);
        if (key) good.set(file.name, key);
      }
      lastGood = good;
      return [...good.values()];
    },
  };
}
