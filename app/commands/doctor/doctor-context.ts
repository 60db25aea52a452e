import { type Machine, readMachine } from '../../config/cgroup.ts';
import { type Config, type Environment, readConfig, type Secret } from '../../config/config.ts';
import type { ReadinessReport } from '../readiness-report.ts';
import { checkOf, type Fault, parseFault } from './faults.ts';
import type { PostgresProbe } from './probes/postgres.ts';
import type { RedisProbe } from './probes/redis.ts';
import { askService } from './probes/service.ts';

/** What the doctor reads. Tests set other sources. */
export interface DoctorSources {
  readonly env: Environment;
  /** Processes that share the database at once, for the budget of connections. @default 1 */
  readonly replicas?: number | undefined;
  /** The address under which clients reach the service. @default JWT_ISSUER, if it is a URL */
  readonly publicUrl?: string | undefined;
  /** Milliseconds since the epoch. @default the clock of this machine */
  readonly now?: () => number;
  /** @default the version of Node.js that runs */
  readonly nodeVersion?: string;
  /** @default /sys/fs/cgroup */
  readonly cgroupRoot?: string;
  /** Files about this process, see proc(5). @default /proc/self */
  readonly processFolder?: string;
}

export interface DoctorContext {
  readonly env: Environment;
  /** With defaults in the place of faulty values. */
  readonly config: Config;
  readonly machine: Machine;
  readonly replicas: number;
  readonly publicHost: string | null;
  readonly nodeVersion: string;
  readonly processFolder: string;
  now(): number;
  /** The faults of the configuration that a check reports. */
  faultsOf(checkId: string): readonly Fault[];
  /** Null if no URL of Postgres is usable. Connects once. */
  postgres(): Promise<PostgresProbe | null>;
  replica(): Promise<PostgresProbe | null>;
  redis(): Promise<RedisProbe | null>;
  /** Null if no service answers on this machine. */
  service(): Promise<ReadinessReport | null>;
  /** Forgets what the servers answered, so that the next check asks again. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

function hostOf(url: string | undefined): string | null {
  return url !== undefined && /^https?:/.test(url) && URL.canParse(url) ? new URL(url).hostname : null;
}

/** A secret that a URL can be read from. The parser reports the others. */
function usable(secret: Secret | null, canParse: (url: string) => boolean): Secret | null {
  const text = secret?.();
  return secret && text && canParse(text) ? secret : null;
}

/** Remembers the result of an asynchronous function until `forget`. */
function remembered<T>(find: () => Promise<T>) {
  let found: Promise<T> | undefined;
  return {
    get: (): Promise<T> => {
      found ??= find();
      return found;
    },
    async forget(close: (value: T) => unknown): Promise<void> {
      const earlier = found;
      found = undefined;
      const value = await earlier?.catch(() => undefined);
      if (value !== undefined && value !== null) await close(value);
    },
  };
}

function createProbes(config: Config, faults: readonly { readonly id: string }[]) {
  const isFaulty = (id: string): boolean => faults.some((fault) => fault.id === id);
  const { database, migrations, redis } = config;
  const primaryUrl = isFaulty('database-url') ? null : usable(database.url, URL.canParse);
  const postgresUrl = primaryUrl ?? usable(migrations.ownerUrl, URL.canParse);
  const replicaUrl = usable(database.replicaUrl, URL.canParse);
  const redisUrl = isFaulty('redis-url') ? null : usable(redis.url, (url) => url !== '');
  const probePostgres = async (url: Secret | null): Promise<PostgresProbe | null> =>
    url && (await import('./probes/postgres.ts')).probePostgres(database, url);
  return {
    postgres: remembered(() => probePostgres(postgresUrl)),
    replica: remembered(() => probePostgres(replicaUrl)),
    redis: remembered(
      async () => redisUrl && (await import('./probes/redis.ts')).probeRedis(redis, redisUrl),
    ),
    service: remembered(() => askService(config)),
  };
}

/** Reads the configuration and opens nothing. A faulty configuration is a finding, and no exception. */
export function createDoctorContext(sources: DoctorSources): DoctorContext {
  const { env, replicas = 1, publicUrl, now = Date.now, processFolder = '/proc/self' } = sources;
  const { nodeVersion = process.versions.node } = sources;
  const machine = readMachine(sources.cgroupRoot, `${processFolder}/cgroup`);
  const { config, faults: texts } = readConfig(env, machine);
  const faults = texts.map(parseFault).map((fault) => ({ ...fault, id: checkOf(fault, config, env) }));
  const { postgres, redis, replica, service } = createProbes(config, faults);
  async function forget(): Promise<void> {
    await Promise.all([
      postgres.forget((probe) => probe?.close()),
      replica.forget((probe) => probe?.close()),
      redis.forget((probe) => probe?.close()),
      service.forget(() => undefined),
    ]);
  }
  return {
    ...{ env, config, machine, replicas, nodeVersion, processFolder, now, forget },
    publicHost: hostOf(publicUrl) ?? hostOf(config.jwt.issuer),
    faultsOf: (checkId) => faults.filter(({ id }) => id === checkId),
    postgres: postgres.get,
    replica: replica.get,
    redis: redis.get,
    service: service.get,
    close: forget,
  };
}
