import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateCommand } from '../../app/commands/migrate.ts';
import { parseConfig } from '../../app/config/config.ts';
import { compiledApp, runCompiledApp } from '../support/compiled-app.ts';
import { createDatabaseWithRoles } from '../support/database-roles.ts';
import { serviceUrl } from '../support/executable.ts';
import { startProxy } from '../support/frozen-proxy.ts';
import { freePort } from '../support/kept-services.ts';
import { kidOf, pemPair } from '../support/keys.ts';
import { type Running, startNode } from '../support/process.ts';
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
 * Starts the compiled service and its port keeper, with a database and roles as docs/operations.md creates them and the
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
  const [port, metricsPort, keeperPort] = [await freePort(), await freePort(), await freePort()].map(String);
  const env: Record<string, string> = {
    ...{ PORT: `${port}`, METRICS_PORT: `${metricsPort}`, KEEPER_PORT: `${keeperPort}` },
    ...{
      ENV: 'test',
      DATA_DIR: folder,
      TRUSTED_PROXIES: '127.0.0.1',
      DB_TIMEOUT: '10s',
    },
    ...{ JWT_PRIVATE_KEY_PATH: join(folder, 'private.pem'), JWT_PUBLIC_KEY_PATH: join(folder, 'public.pem') },
    ...{ JWT_PUBLIC_KEYS_DIR: join(folder, 'public'), REDIS_KEY_PREFIX: redisPrefix },
    DB_PRIMARY_DB_URL: `${through(roles.serviceUrl(), postgres.port)}?sslmode=disable`,
    REDIS_URL: through(redisUrl, redis.port),
  };
  const preload = `--import=data:text/javascript,${encodeURIComponent(crash)}`;
  const startService = (): Running => startNode([preload, ...runCompiledApp()], env);
  const keeper = startNode([join(compiledApp(), 'dist/commands/port-keeper/entry.js')], env);
  const started = [startService()];
  const close = async (): Promise<void> => {
    for (const { child, ended } of [...started, keeper]) {
      child.kill('SIGKILL');
      await ended;
    }
    for (const proxy of [postgres, redis]) proxy.close();
    await roles.drop();
    const keys = await openRedisKeys(redisUrl);
    await keys.remove(`${redisPrefix}*`);
    await keys.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const opened = started.map(serviceUrl);
  const [url = ''] = await Promise.all(opened).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    folder,
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}`,
    /** Of a pod: the variables of the service, for other commands in it. */
    env,
    roles,
    retiredKid,
    redisPrefix,
    redisUrl,
    postgres,
    redis,
    /** What the processes have printed. */
    output: () => [...started, keeper].map(({ output }) => output()).join(''),
    /** Ends the service by an uncaught error, and starts it again. */
    async crash(): Promise<void> {
      const [last] = started.slice(-1);
      last?.child.kill('SIGUSR2');
      await Promise.all([last?.ended, keeper.printed(/"event":"port_kept"/)]);
      const next = startService();
      started.push(next);
      await serviceUrl(next);
    },
    close,
  };
}

export type RunningService = Awaited<ReturnType<typeof startRunningService>>;
