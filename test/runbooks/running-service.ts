import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateCommand } from '../../app/commands/migrate.ts';
import { parseConfig } from '../../app/config/config.ts';
import { compiledApp } from '../support/compiled-app.ts';
import { createDatabaseWithRoles } from '../support/database-roles.ts';
import { managementPort, serviceUrl } from '../support/executable.ts';
import { startProxy } from '../support/frozen-proxy.ts';
import { kidOf, pemPair } from '../support/keys.ts';
import { startNode } from '../support/process.ts';
import { openRedisKeys } from '../support/redis-keys.ts';
import { silentLog, type TestStores } from '../support/stores.ts';
import { incidentRows } from './incident-rows.ts';

/** A service that ends by an uncaught error when it gets this signal. */
const crash = 'process.on("SIGUSR2", () => { throw new Error("unforeseen") })';

/** The URL of a server, through a proxy. */
function through(url: string, port: number): string {
  const changed = new URL(url);
  changed.host = `127.0.0.1:${port}`;
  return changed.href;
}

async function proxyOf(url: string, defaultPort: number) {
  const { hostname, port } = new URL(url);
  return startProxy({ host: hostname, port: Number(port || defaultPort) });
}

/** The files of a pair that signs, and of a public key that was retired. @returns the id of the retired key */
async function writeKeys(folder: string): Promise<string> {
  const [current, retired] = [pemPair('runbooks'), pemPair('runbooks, retired')];
  mkdirSync(join(folder, 'public'));
  writeFileSync(join(folder, 'private.pem'), current.privatePem, { mode: 0o600 });
  writeFileSync(join(folder, 'public.pem'), current.publicPem);
  writeFileSync(join(folder, 'public', 'retired.pem'), retired.publicPem);
  return kidOf(retired);
}

/**
 * Starts the compiled service under its supervisor, with a database and roles as docs/operations.md creates them and the
 * rows of an incident in it. Connections to the stores go through proxies that the caller can freeze.
 */
export async function startRunningService(stores: TestStores) {
  const redisUrl = stores.redisUrl?.();
  if (!redisUrl) throw new Error('the commands of the runbooks need a real Redis');
  const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
  const roles = await createDatabaseWithRoles();
  const retiredKid = await writeKeys(folder);
  const migrations = { DB_MIGRATION_URL: roles.ownerUrl(), DB_PRIMARY_DB_URL: roles.serviceUrl() };
  await migrateCommand(parseConfig(migrations), silentLog);
  await roles.admin.unsafe(incidentRows.join(';\n'));
  const [postgres, redis] = [await proxyOf(roles.serviceUrl(), 5432), await proxyOf(redisUrl, 6379)];
  const redisPrefix = `auth-test-runbooks-${randomBytes(4).toString('hex')}:`;
  const env: Record<string, string> = {
    ...{
      ENV: 'test',
      PORT: '0',
      METRICS_PORT: '0',
      DATA_DIR: folder,
      TRUSTED_PROXIES: '127.0.0.1',
      DB_TIMEOUT: '2s',
    },
    ...{ JWT_PRIVATE_KEY_PATH: join(folder, 'private.pem'), JWT_PUBLIC_KEY_PATH: join(folder, 'public.pem') },
    ...{ JWT_PUBLIC_KEYS_DIR: join(folder, 'public'), REDIS_KEY_PREFIX: redisPrefix },
    DB_PRIMARY_DB_URL: `${through(roles.serviceUrl(), postgres.port)}?sslmode=disable`,
    REDIS_URL: through(redisUrl, redis.port),
  };
  const preload = `--import=data:text/javascript,${encodeURIComponent(crash)}`;
  const supervisor = startNode([join(compiledApp(), 'dist/commands/supervisor/entry.js')], {
    ...env,
    SERVICE_NODE_OPTIONS: preload,
  });
  const url = await serviceUrl(supervisor);
  const [port, metricsPort] = [new URL(url).port, await managementPort(supervisor)];
  return {
    folder,
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}`,
    /** Of a pod: the variables of the service, for other commands in it. */
    env: { ...env, PORT: port, METRICS_PORT: metricsPort },
    roles,
    retiredKid,
    redisPrefix,
    redisUrl,
    postgres,
    redis,
    supervisor,
    async close(): Promise<void> {
      supervisor.child.kill('SIGKILL');
      await supervisor.ended;
      for (const proxy of [postgres, redis]) proxy.close();
      await roles.drop();
      const keys = await openRedisKeys(redisUrl);
      await keys.remove(`${redisPrefix}*`);
      await keys.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type RunningService = Awaited<ReturnType<typeof startRunningService>>;
