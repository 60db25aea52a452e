import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../../../tools/torture/harness/cleanup.ts';
import { startPostgres } from '../../infrastructure/servers/postgres.ts';
import { debianPostgres, npmPostgres } from '../../infrastructure/servers/postgres-installation.ts';
import { startRedisProcess } from '../../infrastructure/servers/redis-server.ts';
import { unprivilegedFile, unprivilegedFolder } from '../../infrastructure/servers/unprivileged.ts';
import { type Certificate, createCertificates } from '../../support/certificates.ts';
import { runOn } from '../../support/servers.ts';
import { storeName } from './private-stores.ts';
import type { Sandbox } from './sandbox.ts';
import { need } from './tools.ts';

const findPostgres = () => npmPostgres(18) ?? [18, 17, 16, 15].map(debianPostgres).find(Boolean);

/** What RDS, ElastiCache and Secrets Manager give the containers. */
export interface AwsStores {
  /** The CA of both servers. */
  readonly ca: string;
  /** The text of each secret by the variable that it is for. A test may change it, as a rotation does. */
  readonly secrets: Record<string, string>;
}

interface AwsNames {
  readonly owner: string;
  readonly service: string;
  readonly database: string;
}

export function needAwsStores(context: Mocha.Context): void {
  need(context, 'openssl', 'the Debian package openssl');
  need(context, 'redis-server', 'the Debian package redis-server');
  if (findPostgres()) return;
  process.stdout.write('skipped, because Postgres is missing, which is in the Debian package postgresql\n');
  context.skip();
}

const password = (): string => randomBytes(24).toString('hex');

/** Postgres as RDS gives it: TLS, and a master user that owns the database and is no superuser. @returns its port */
async function startRds(
  { cert, key }: Certificate,
  { database, owner }: AwsNames,
  masterPassword: string,
  cleanup: Cleanup,
): Promise<number> {
  const installation = findPostgres();
  if (!installation) throw new Error('Postgres is not installed');
  const folder = unprivilegedFolder('auth-rds-');
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const server = await startPostgres(installation, {
    ssl: 'on',
    ssl_cert_file: unprivilegedFile(join(folder, 'server.pem'), cert),
    ssl_key_file: unprivilegedFile(join(folder, 'server.key'), key),
    password_encryption: 'scram-sha-256',
  });
  cleanup.add(() => server.stop());
  await runOn(server.url, `create role ${owner} login createrole createdb password '${masterPassword}'`);
  await runOn(server.url, `create database ${database} owner ${owner}`);
  return Number(new URL(server.url).port);
}

/** Redis as ElastiCache gives it: TLS and an auth token. @returns its port */
async function startElastiCache(
  { certFile, keyFile }: Certificate,
  ca: Certificate,
  token: string,
  cleanup: Cleanup,
): Promise<number> {
  const files = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', ca.certFile];
  const { port } = await startRedisProcess({
    cleanup,
    args: [...files, '--tls-auth-clients', 'no', '--requirepass', token],
    client: { tls: { ca: ca.cert, servername: storeName }, password: token },
  });
  return port;
}

/** A pair of keys, as the page creates it. */
function keyPair() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** Starts both servers, empty and without the role of the service, and offers them to the task. */
export async function startAwsStores(
  sandbox: Sandbox,
  names: AwsNames,
  cleanup: Cleanup,
): Promise<AwsStores> {
  const certificates = createCertificates();
  cleanup.add(() => certificates.remove());
  const { ca, wrongHost: certificate } = certificates.ours;
  const [owner, service, token] = [password(), password(), password()];
  const postgres = await startRds(certificate, names, owner, cleanup);
  const redis = await startElastiCache(certificate, ca, token, cleanup);
  const database = `${storeName}:${await sandbox.offer(postgres)}/${names.database}`;
  const { privateKey, publicKey } = keyPair();
  return {
    ca: ca.cert,
    secrets: {
      DB_PRIMARY_DB_URL: `postgresql://${names.service}:${service}@${database}`,
      DB_MIGRATION_URL: `postgresql://${names.owner}:${owner}@${database}`,
      REDIS_URL: `rediss://:${token}@${storeName}:${await sandbox.offer(redis)}/0`,
      JWT_PRIVATE_KEY: privateKey,
      JWT_PUBLIC_KEY: publicKey,
    },
  };
}
