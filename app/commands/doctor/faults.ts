import {
  type Config,
  type Environment,
  formatFaults,
  table,
  type Variable,
  variables,
} from '../../config/config.ts';

/** What the parser of the configuration refuses. The text begins with the variable and contains no value. */
export interface Fault {
  readonly variable: string;
  readonly text: string;
}

export const parseFault = (text: string): Fault => ({ variable: text.split(/[ :]/, 1)[0] ?? '', text });

const settingOf = (env: Environment, name: string): string => env[name]?.trim() ?? '';

function isJsonArray(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Whether the text of the variable has a wrong form. Otherwise a rule for its value has refused it. */
const isMalformed = (env: Environment, name: Variable): boolean =>
  settingOf(env, name) !== '' && formatFaults(variables[name].format, settingOf(env, name)).length > 0;

function corsCheck(env: Environment): string {
  if (!isJsonArray(settingOf(env, 'CORS_ALLOWED_ORIGINS'))) return 'cors-json';
  return isMalformed(env, 'CORS_ALLOWED_ORIGINS') ? 'cors-origins' : 'cors-wildcard';
}

/** A secret may come from a file, so its text is read from the configuration. */
function secretCheck(config: Config, { text }: Fault): string {
  const secret = text.startsWith('JWT_SECRET_KEY_PREVIOUS') ? config.jwt.previousSecret : config.jwt.secret;
  const value = secret?.() ?? '';
  if (!secret) return 'jwt-key-missing';
  if (value.includes('-----BEGIN')) return 'jwt-key-form';
  return Buffer.byteLength(value) < 32 ? 'jwt-secret-length' : 'jwt-secret-strength';
}

const keyCheck = ({ jwt }: Config, { variable, text }: Fault): string => {
  const isMissing = variable.startsWith('JWT_PUBLIC_KEY') ? !jwt.publicKey : !jwt.privateKey;
  return isMissing && !text.includes('given more than once') ? 'jwt-key-missing' : 'configuration-values';
};

function redisCheck({ redis }: Config): string {
  if (!redis.url) return 'redis-configured';
  return formatFaults(table.redis.url.format, redis.url()).length > 0 ? 'redis-url' : 'redis-url-encrypted';
}

function databaseCheck({ database }: Config): string {
  if (!database.url) return 'database-configured';
  const isUrl = formatFaults(table.database.url.format, database.url()).length === 0;
  return isUrl ? 'configuration-values' : 'database-url';
}

type Rule = (fault: Fault, config: Config, env: Environment) => string;

/** The check of a value that has the right form. */
const valueCheck =
  (name: Variable, id: string): Rule =>
  (_fault, _config, env) =>
    isMalformed(env, name) ? 'configuration-values' : id;

/** The checks that report the faults of a variable, for variables that have checks of their own. */
const rules: Readonly<Partial<Record<string, Rule>>> = {
  CORS_ALLOWED_ORIGINS: (_fault, _config, env) => corsCheck(env),
  ALLOWED_HOSTS: (_fault, _config, env) =>
    settingOf(env, 'ALLOWED_HOSTS') === '' ? 'allowed-hosts-missing' : 'allowed-hosts-form',
  TRUSTED_PROXIES: (_fault, _config, env) =>
    isMalformed(env, 'TRUSTED_PROXIES') ? 'trusted-proxies-form' : 'trusted-proxies-everyone',
  RATE_LIMIT: valueCheck('RATE_LIMIT', 'rate-limits-on'),
  RATE_LIMIT_SCALE: valueCheck('RATE_LIMIT_SCALE', 'rate-limits-on'),
  HASH_CONCURRENCY: valueCheck('HASH_CONCURRENCY', 'hashing-memory'),
  ARGON2_MEMORY_KIB: valueCheck('ARGON2_MEMORY_KIB', 'hashing-strength'),
  JWT_SECRET_KEY: (fault, config) => secretCheck(config, fault),
  JWT_SECRET_KEY_PREVIOUS: (fault, config) => secretCheck(config, fault),
  JWT_PRIVATE_KEY: (fault, config) => keyCheck(config, fault),
  JWT_PRIVATE_KEY_PATH: (fault, config) => keyCheck(config, fault),
  JWT_PUBLIC_KEY: (fault, config) => keyCheck(config, fault),
  JWT_PUBLIC_KEY_PATH: (fault, config) => keyCheck(config, fault),
  DB_PRIMARY_DB_URL: (_fault, config) => databaseCheck(config),
  DATABASE_URL: (_fault, config) => databaseCheck(config),
  REDIS_URL: (_fault, config) => redisCheck(config),
};

/** The id of the check that reports the fault. Every fault has one. */
export function checkOf(fault: Fault, config: Config, env: Environment): string {
  if (fault.text.includes('that cannot be read') || fault.text.includes('an empty file'))
    return /^JWT_(PRIVATE|PUBLIC|SECRET)/.test(fault.variable) ? 'jwt-key-unreadable' : 'configuration-files';
  return rules[fault.variable]?.(fault, config, env) ?? 'configuration-values';
}
