import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Machine } from '../../app/config/cgroup.ts';
import { type CommandName, type Config, ConfigError, parseConfig } from '../../app/config/config.ts';
import { type Environment, realFiles } from '../../app/config/reader.ts';

/** 4 CPUs and 8 GiB, so that no test depends on where it runs. */
export const machine: Machine = { cpus: 4, hasCpuQuota: false, memoryBytes: 8 * 1024 ** 3 };

export function parse(env: Environment = {}): Config {
  return parseConfig(env, machine);
}

/** What parseConfig finds wrong with `env`; empty if nothing. */
export function faultsOf(env: Environment, on = machine, command: CommandName = 'serve'): readonly string[] {
  try {
    parseConfig(env, on, realFiles, command);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

/** The least that a production process starts with. */
export const production: Environment = {
  ENV: 'production',
  DB_PRIMARY_DB_URL: 'postgresql://app:pw@db.example.com:5432/authdb',
  REDIS_URL: 'rediss://:pw@redis.example.com:6379/0',
  ALLOWED_HOSTS: 'auth.example.com',
  JWT_PRIVATE_KEY: 'a private key',
  JWT_PUBLIC_KEY: 'a public key',
};

/** A folder for the length of one suite; `write` gives the path of the file it wrote. */
export function scratchFiles() {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'config-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => path.join(folder, name);
  return {
    at,
    write(name: string, text: string): string {
      writeFileSync(at(name), text);
      return at(name);
    },
  };
}
