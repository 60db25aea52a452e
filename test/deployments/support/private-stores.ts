import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Cleanup } from '../../../tools/torture/harness/cleanup.ts';
import { startRedisProcess } from '../../infrastructure/servers/redis-server.ts';
import { createCertificates } from '../../support/certificates.ts';
import { runOn } from '../../support/servers.ts';
import { postgresBin, startTlsPostgres } from '../../support/tls-postgres.ts';
import type { Sandbox } from './sandbox.ts';
import { need } from './tools.ts';

/** The name in the certificates of both stores. No public CA has signed them. */
export const storeName = 'db.example.com';

export function needStores(context: Mocha.Context): void {
  need(context, 'openssl', 'the Debian package openssl');
  need(context, 'redis-server', 'the Debian package redis-server');
  if (postgresBin) return;
  process.stdout.write('skipped, because Postgres is missing, which is in the Debian package postgresql\n');
  context.skip();
}

/** Postgres and Redis of a platform: TLS, an own CA, passwords, and two roles in Postgres. */
export interface PrivateStores {
  readonly ca: string;
  /** The text of each secret, as the page creates it, by the variable that it is for. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A pair of keys, as `openssl genrsa` and `openssl rsa -pubout` write it. */
export function keyPair() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** Starts both servers on the loopback interface and offers them to the container under `storeName`. */
export async function startPrivateStores(sandbox: Sandbox, cleanup: Cleanup): Promise<PrivateStores> {
  const certificates = createCertificates();
  cleanup.add(() => certificates.remove());
  const { ca, wrongHost: server } = certificates.ours;
  const password = randomBytes(18).toString('hex');
  const postgres = await startTlsPostgres(server, password);
  cleanup.add(() => postgres.close());
  const redis = await startRedisProcess({
    cleanup,
    args: [
      ...['--tls-cert-file', server.certFile, '--tls-key-file', server.keyFile],
      ...['--tls-ca-cert-file', ca.certFile, '--tls-auth-clients', 'no', '--requirepass', password],
    ],
    client: { tls: { ca: ca.cert, servername: storeName }, password },
  });
  // The role `password` owns the tables, and the role `scram` is that of the service.
  const admin = `postgresql://postgres@127.0.0.1:${postgres.port}/postgres`;
  await runOn(admin, 'create database auth owner password');
  await runOn(admin, 'revoke all on database auth from public; grant connect on database auth to scram');
  const database = `${storeName}:${await sandbox.offer(postgres.port)}/auth`;
  const { privateKey, publicKey } = keyPair();
  return {
    ca: ca.cert,
    secrets: {
      DB_PRIMARY_DB_URL: `postgresql://scram:${password}@${database}`,
      DB_MIGRATION_URL: `postgresql://password:${password}@${database}`,
      REDIS_URL: `rediss://:${password}@${storeName}:${await sandbox.offer(redis.port)}`,
      JWT_PRIVATE_KEY: privateKey,
      JWT_PUBLIC_KEY: publicKey,
    },
  };
}
