import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from './cleanup.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import type { Report } from './report.ts';
import { migrateDatabase, type Service, startService } from './service.ts';

/** What a scenario is given. */
export interface Bench {
  readonly report: Report;
  /** Scratch folder, removed at the end. */
  readonly folder: string;
  readonly cleanup: Cleanup;
  /** Shorter and smaller, to try a scenario out; its figures prove nothing. */
  readonly quick: boolean;
  /** Length of a load, when the command line says so. */
  readonly seconds: number | null;
}

export interface Scenario {
  readonly name: string;
  readonly claim: string;
  run(bench: Bench): Promise<void>;
}

export interface World {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  readonly replicas: Service[];
  readonly urls: string[];
  /** Starts one more process of the service; `name` names its log and data. */
  start(name: string, options?: { env?: Record<string, string>; port?: number }): Promise<Service>;
}

/** Servers of its own and so many replicas of the service, which share the signing key of the first. */
export async function openWorld(
  bench: Bench,
  options: { replicas?: number; env?: Record<string, string> } = {},
): Promise<World> {
  const { folder, cleanup } = bench;
  const [postgres, redis] = await Promise.all([startPostgres(folder, cleanup), startRedis(folder, cleanup)]);
  await migrateDatabase(postgres.url, folder);
  const dataDir = join(folder, 'shared');
  mkdirSync(dataDir, { recursive: true });

  async function start(name: string, more: { env?: Record<string, string>; port?: number } = {}) {
    const env = {
      DB_PRIMARY_DB_URL: postgres.url,
      REDIS_URL: redis.url,
      DATA_DIR: dataDir,
      RATE_LIMIT: 'off',
      ...options.env,
      ...more.env,
    };
    const service = await startService({ folder, name, env, ...(more.port ? { port: more.port } : {}) });
    cleanup.add(async () => void (await service.process.stop('SIGKILL')));
    return service;
  }

  const replicas: Service[] = [];
  for (let n = 1; n <= (options.replicas ?? 1); n += 1) replicas.push(await start(`replica-${n}`));
  return { postgres, redis, replicas, urls: replicas.map(({ url }) => url), start };
}
