import { type Machine, readMachine } from './cgroup.ts';
import { checkConsistency, checkProduction } from './checks.ts';
import { type Config, isSecret, mapTable, type Values } from './entries.ts';
import {
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
export {
  type Config,
  entries,
  isSecret,
  requiredInProduction,
  type SecretVariable,
  secretVariables,
  type Variable,
  variables,
} from './entries.ts';
export { isOrigin } from './origin.ts';
export { type Environment, type Files, formatFaults, type Secret } from './reader.ts';
export { parseSentinelUrl, redisNodes, withLineBreaks } from './secret-formats.ts';
export { isStrongSecret, weakSecretFault } from './secret-strength.ts';
export { type Algorithm, algorithms, logLevels, table } from './variables.ts';

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

/**
 * Reads and checks the whole configuration.
 * @throws ConfigError naming every fault at once, never a value
 */
export function parseConfig(env: Environment, machine: Machine = readMachine(), files: Files = realFiles) {
  const environment = table.environment.format.safeParse(textOf(env, 'ENV')).data ?? 'development';
  const faults: string[] = [];
  const reading: Reading = { env, files, machine, environment, faults };
  const values = mapTable((entry) =>
    isSecret(entry) ? readSecret(reading, entry) : readVariable(reading, entry),
  );
  const config: Config = {
    ...values,
    database: {
      ...values.database,
      sslMode: sslModeOf(values),
      acceptsTrust: environment !== 'production',
    },
    resources: resourceLimits(machine),
  };
  const fault = (name: string, what: string): void => void faults.push(`${name} ${what}`);
  checkConsistency(fault, config, machine);
  if (environment === 'production') checkProduction(fault, config);
  if (faults.length > 0) throw new ConfigError(faults);
  return deepFreeze(config);
}
