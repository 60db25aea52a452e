import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from '../../../tools/torture/harness/cleanup.ts';
import { ask } from '../../../tools/torture/harness/client.ts';
import { freePort, startProcess, tail, waitFor } from '../../../tools/torture/harness/process.ts';
import { startRedisProcess } from '../../infrastructure/servers/redis-server.ts';
import type { Certificates } from '../../support/certificates.ts';
import { runCompiledApp } from '../../support/compiled-app.ts';
import { startProxy } from '../../support/frozen-proxy.ts';
import { pemPair } from '../../support/keys.ts';
import { runOn } from '../../support/servers.ts';
import { startTlsPostgres } from '../../support/tls-postgres.ts';

/** A process of the service, on the loopback interface. */
export interface Service {
  readonly port: number;
  readonly managementPort: number;
  stop(): Promise<void>;
}

export type ProductionStack = Awaited<ReturnType<typeof startProductionStack>>;

const password = 'correct-horse-of-the-stack';

/** Postgres and Redis with TLS, a migrated database, and the variables of a service in production on them. */
export async function startProductionStack(certificates: Certificates, host: string, cleanup: Cleanup) {
  const { ca, right } = certificates.ours;
  const postgres = await startTlsPostgres(right, password);
  cleanup.add(() => postgres.close());
  const redis = await startRedisProcess({
    cleanup,
    args: [
      ...['--tls-cert-file', right.certFile, '--tls-key-file', right.keyFile],
      ...['--tls-ca-cert-file', ca.certFile, '--tls-auth-clients', 'no', '--requirepass', password],
    ],
    client: { tls: { ca: ca.cert, servername: 'localhost' }, password },
  });
  const admin = `postgresql://postgres@127.0.0.1:${postgres.port}`;
  await runOn(`${admin}/postgres`, 'create database auth owner scram');
  const folder = mkdtempSync(join(tmpdir(), 'production-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const keys = pemPair('production');
  const variables: Readonly<Record<string, string>> = {
    ENV: 'production',
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    DB_PRIMARY_DB_URL: `postgresql://scram:${password}@localhost:${postgres.port}/auth`,
    DB_CA_FILE: ca.certFile,
    REDIS_URL: `rediss://:${password}@localhost:${redis.port}`,
    REDIS_CA_FILE: ca.certFile,
    JWT_PRIVATE_KEY: keys.privatePem,
    JWT_PUBLIC_KEY: keys.publicPem,
    ALLOWED_HOSTS: host,
    TRUSTED_PROXIES: '127.0.0.1/32',
    CORS_ALLOWED_ORIGINS: '["https://app.yourdomain.com"]',
  };
  const run = (args: readonly string[], env: Record<string, string>, wrap: readonly string[] = []) =>
    // reason: the list has the path of Node.js at least.
    startProcess([...wrap, process.execPath, ...runCompiledApp(), ...args] as [string, ...string[]], {
      logFile: join(folder, 'service.log'),
      env: { ...variables, ...env },
      cwd: folder,
    });
  const migrated = await run(['migrate'], {}).ended;
  if (migrated !== 0) throw new Error(tail(join(folder, 'service.log')));

  return {
    host,
    variables,
    /** `host:port` of the administrator's connection, without TLS. */
    admin: `${admin}/auth`,
    /** The database behind a connection that can be cut. */
    async cuttableDatabase(): Promise<{ variables: Record<string, string>; cut: () => void }> {
      const proxy = await startProxy({ host: '127.0.0.1', port: postgres.port });
      cleanup.add(proxy.close);
      const url = `postgresql://scram:${password}@localhost:${proxy.port}/auth`;
      return { variables: { DB_PRIMARY_DB_URL: url }, cut: proxy.close };
    },
    /** Forgets the attempts of all networks and accounts: the tests log in more often than the limits allow. */
    forgetLimits: () => redis.client.flushall(),
    /**
     * Starts the service. It counts as started when it answers, ready or not.
     * @param wrap a command that runs the one behind it, such as `faketime -f +1h`
     */
    async start(
      changes: Readonly<Record<string, string>> = {},
      wrap: readonly string[] = [],
    ): Promise<Service> {
      const [port, managementPort] = [await freePort(), await freePort()];
      const ports = { PORT: String(port), METRICS_PORT: String(managementPort) };
      const service = run([], { ...ports, ...changes }, wrap);
      const stop = async (): Promise<void> => void (await service.stop('SIGTERM'));
      cleanup.add(stop);
      const url = `http://127.0.0.1:${port}`;
      await waitFor('the service', async () => {
        if (!service.isRunning()) throw new Error(tail(join(folder, 'service.log')));
        return (await ask(url, 'GET /api/v1/health')).status === 200;
      });
      return { port, managementPort, stop };
    },
  };
}
