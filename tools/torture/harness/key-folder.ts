import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JSONWebKeySet } from 'jose';
import { ask } from './client.ts';
import type { Service } from './service.ts';

/** The interval at which the service reads its key files. */
export const poll = 5_000;

export interface Pair {
  readonly name: string;
  readonly privatePem: string;
  readonly publicPem: string;
}

export function makePair(name: string): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { name, privatePem: privateKey, publicPem: publicKey };
}

/** The key files of one replica. */
export function createKeyFolder(folder: string, pair: Pair) {
  const published = join(folder, 'published');
  mkdirSync(published, { recursive: true });
  const files = { private: join(folder, 'private.pem'), public: join(folder, 'public.pem') };
  const keys = {
    env: {
      JWT_PRIVATE_KEY_PATH: files.private,
      JWT_PUBLIC_KEY_PATH: files.public,
      JWT_PUBLIC_KEYS_DIR: published,
    },
    publish: ({ name, publicPem }: Pair) => writeFileSync(join(published, `${name}.pem`), publicPem),
    /** Writes one file after the other: for a moment they do not match. */
    async sign({ privatePem, publicPem }: Pair) {
      writeFileSync(files.private, privatePem, { mode: 0o600 });
      await sleep(poll / 4);
      writeFileSync(files.public, publicPem);
    },
    drop: ({ name }: Pair) => rmSync(join(published, `${name}.pem`)),
  };
  writeFileSync(files.private, pair.privatePem, { mode: 0o600 });
  writeFileSync(files.public, pair.publicPem);
  return keys;
}

/** The published keys. */
export async function jwks(service: Service): Promise<JSONWebKeySet> {
  return (await ask(service.url, 'GET /.well-known/jwks.json')).body;
}
