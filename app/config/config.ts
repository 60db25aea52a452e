import { type Machine, readMachine } from './cgroup.ts';
import { checkConsistency, checkKeys, checkMemory, checkProduction } from './checks.ts';
import { type CommandName, isDemanded, isRead } from './commands.ts';
import { type AnyEntry, type Config, isSecret, mapTable, type Values } from './entries.ts';
import {
  defaultOf,
  type Environment,
  type Files,
  type Reading,
  readSecret,
  readVariable,
  realFiles,
  textOf,
} from './reader.ts';
import { resourceLimits } from './resource-limits.ts';
import { table } from './variables.ts';

export { requiredForKeyPair, requiredForSecret } from './checks.ts';
export { type CommandName, commandNames, variablesOf } from './commands.ts';
export {
  type AnyEntry,
  aliases,
  type Config,
  entries,
  isSecret,
  requiredInProduction,
  type SecretVariable,
  secretVariables,
  type Variable,
  variables,
} from './entries.ts';
export { collectedLogFormats, logLevels } from './log-variables.ts';
export { isOrigin } from './origin.ts';
export { type Platform, resolveProxies } from './proxies.ts';
export { type Environment, type Files, formatFaults, type Secret } from './reader.ts';
export { isEncryptedRedis, parseSentinelUrl, redisNodes, withLineBreaks } from './secret-formats.ts';
export { isStrongSecret, weakSecretFault } from './secret-strength.ts';
export { type Algorithm, algorithms, table } from './variables.ts';

/** Thrown by parseConfig, and by code that finds a configured key or file unusable. The process exits with 78. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}

function sslModeOf({ database, environment }: Values): Config['database']['sslMode'] {
  if (database.tls === 'unverified') return 'require';
  const isVerified =
    database.tls === 'verified' || database.caFile || database.ca || environment === 'production';
  return isVerified ? 'verify-full' : 'disable';
}

/** Whether a command of the owner knows both roles without the URL of the service. */
const knowsBothRoles = (command: CommandName, env: Environment): boolean =>
  ['migrate', 'backup', 'restore'].includes(command) &&
  textOf(env, 'DB_SERVICE_ROLE') !== undefined &&
  ['DB_MIGRATION_URL', 'DB_MIGRATION_URL_FILE'].some((name) => textOf(env, name));

const read = (reading: Reading, entry: AnyEntry) =>
  isSecret(entry) ? readSecret(reading, entry) : readVariable(reading, entry);

/**
 * Reads and checks the variables of a command. Another variable has its default and stops nothing: during an incident, a
 * mistake in it must not block a migration. What is wrong with it is in `warnings`.
 * @returns also every fault. Each begins with the name of its variable and contains no value. The configuration then has a
 *   default or an unusable text in its place, so that only a diagnosis may use it.
 */
export function readConfig(
  env: Environment,
  machine: Machine = readMachine(),
  files: Files = realFiles,
  command: CommandName = 'serve',
): { readonly config: Config; readonly faults: readonly string[] } {
  const environment = table.environment.format.safeParse(textOf(env, 'ENV')).data ?? 'development';
  const faults: string[] = [];
  const warnings: string[] = [];
  const demands = (name: string): boolean => isDemanded(command, name) && !knowsBothRoles(command, env);
  const reading: Reading = { env, files, machine, environment, faults, isDemanded: demands };
  const others: Reading = { ...reading, faults: warnings, isDemanded: () => false };
  const values = mapTable((entry) => {
    if (isRead(command, entry.name)) return read(reading, entry);
    read(others, entry);
    return isSecret(entry) ? null : defaultOf(reading, entry);
  });
  const config: Config = {
    ...values,
    database: {
      ...values.database,
      sslMode: sslModeOf(values),
      acceptsTrust: environment !== 'production',
    },
    resources: resourceLimits(machine),
    warnings,
  };
  const fault = (name: string, what: string): void => void faults.push(`${name} ${what}`);
  checkConsistency(fault, config);
  if (command === 'serve') checkKeys(fault, config);
  if (isRead(command, 'HASH_CONCURRENCY')) checkMemory(fault, config, machine);
  if (environment === 'production') checkProduction(fault, config);
  return { config: deepFreeze(config), faults };
}

/**
 * Reads and checks the variables of a command, as readConfig does.
 * @throws ConfigError naming every fault at once, never a value
 */
export function parseConfig(...args: Parameters<typeof readConfig>): Config {
  const { config, faults } = readConfig(...args);
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}
