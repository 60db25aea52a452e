import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const pem = (key: KeyObject): string =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();

/** A pair of the kind that ES256 needs, which takes little time to generate. */
export function ecPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privatePem: pem(privateKey), publicPem: pem(publicKey) };
}

export function rsaPair(modulusLength: number) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return { privatePem: pem(privateKey), publicPem: pem(publicKey) };
}

/** A configuration of production without a fault, whose keys are files in a folder of its own. */
export function createProduction() {
  const folder = mkdtempSync(join(tmpdir(), 'auth-doctor-'));
  const write = (name: string, text: string, mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode });
    return path;
  };
  const pair = ecPair();
  return {
    folder,
    write,
    privateFile: write('private.pem', pair.privatePem),
    publicFile: write('public.pem', pair.publicPem),
    env: {
      ENV: 'production',
      ALLOWED_HOSTS: 'auth.example.com',
      JWT_ALGORITHM: 'ES256',
      JWT_PRIVATE_KEY_PATH: join(folder, 'private.pem'),
      JWT_PUBLIC_KEY_PATH: join(folder, 'public.pem'),
      DB_PRIMARY_DB_URL: 'postgresql://auth:database-secret@db.example.com/auth',
      REDIS_URL: 'rediss://:redis-secret@redis.example.com:6379',
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
