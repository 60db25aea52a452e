import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { Yaml } from 'cdk8s';
import type { ISecret } from 'kubernetes-models/v1';
import { parseSentinelUrl, redisNodes, type Variable } from '../../app/config/config.ts';
import { neededSecrets, ownerKeys, secretKeys, secretOf } from '../kubernetes/settings.ts';
import { metadata } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { type SecretKey, secretVariables } from '../workload/settings.ts';
import { keyPairFault, sharedSecretFault, urlFault } from './secret-rules.ts';

/** Secrets that are missing, weak or placeholders. The message never contains a value. */
export class SecretsError extends Error {}

type Secrets = Partial<Record<SecretKey, string>>;

/** Reads the variable, or the file that NAME_FILE or NAME_PATH names, relative to the environment file. */
function read(env: NodeJS.Dict<string>, name: Variable, folder: string): string {
  const path = env[`${name}_FILE`] ?? env[`${name}_PATH`];
  try {
    return (path ? readFileSync(resolve(folder, path), 'utf8') : (env[name] ?? '')).trim();
  } catch {
    return '';
  }
}

/** Who connects, and to which server. */
function endsOf(text: string): string {
  const { username, host } = URL.canParse(text) ? new URL(text) : { username: '', host: '' };
  return `${username}@${host}`;
}

function faultOf(key: SecretKey, secrets: Secrets, values: Values): string | undefined {
  const text = secrets[key] ?? '';
  const variable = secretVariables[key];
  if (!text) return `must be set, directly or by ${variable}_FILE or ${variable}_PATH`;
  if (key.startsWith('db-')) {
    const fault = urlFault(text, ['postgres:', 'postgresql:']);
    const isSame = key === 'db-owner-url' && endsOf(text) === endsOf(secrets['db-url'] ?? '');
    const purpose = 'the owner of the tables, or the address of Postgres behind a pooler';
    return (
      fault ?? (isSame ? `must have another user or host than DB_PRIMARY_DB_URL: ${purpose}` : undefined)
    );
  }
  if (key === 'redis-url') {
    const protocols = values.redis.tls ? ['rediss:'] : ['redis:', 'rediss:'];
    const sentinel = parseSentinelUrl(text);
    if ((sentinel !== null) !== (values.redis.sentinelPort !== undefined))
      return `must ${sentinel ? 'not ' : ''}begin with rediss+sentinel://, because redis.sentinelPort is ${values.redis.sentinelPort ?? 'null'}`;
    const nodes = sentinel ? [sentinel.master] : redisNodes(text);
    return nodes.map((node) => urlFault(node, protocols)).find((fault) => fault !== undefined);
  }
  if (key === 'jwt-private-key')
    return keyPairFault(values.jwt.algorithm, text, secrets['jwt-public-key'] ?? '');
  return key.startsWith('jwt-secret') ? sharedSecretFault(text) : undefined;
}

function assertIgnored(path: string): void {
  const name = basename(path);
  // .gitignore ignores .env and .env.*, and so also the Secret that synth writes next to it. .env.example is committed.
  if (!/^\.env(\.|$)/.test(name) || name === '.env.example') {
    throw new SecretsError(`--secrets-from ${path}: must be called .env or .env.NAME, which git ignores`);
  }
}

function load(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch {
    throw new SecretsError(`--secrets-from ${path}: cannot be read`);
  }
}

/**
 * Reads an environment file, checks it and returns the Secret, or undefined without a path.
 * @throws SecretsError with a line for each fault
 */
export function readSecrets(path: string | undefined, values: Values) {
  const { source } = values.secrets;
  if (source === 'inline' && !path)
    throw new SecretsError(
      'secrets.source: is inline, which needs --secrets-from FILE, such as .env.production',
    );
  if (!path) return undefined;
  if (source === 'external')
    throw new SecretsError(
      'secrets.source: is external, so the operator writes the Secret: remove --secrets-from, or set it to inline',
    );
  assertIgnored(path);
  const env = load(path);
  const keys = [...secretKeys(values), ...ownerKeys(values)];
  // Also those that other Secrets contain: the check of a key needs the other half of its pair.
  const secrets: Secrets = Object.fromEntries(
    [...keys, ...neededSecrets(values)].map((key) => [key, read(env, secretVariables[key], dirname(path))]),
  );
  const faults = keys.flatMap((key) => {
    const fault = faultOf(key, secrets, values);
    return fault ? [`${secretVariables[key]}: ${fault}`] : [];
  });
  if (faults.length > 0) throw new SecretsError(faults.join('\n'));
  return { path: `${path}.secret.yaml`, text: toYaml(secrets, values) };
}

function toYaml(secrets: Secrets, values: Values): string {
  const toSecret = (name: string, keys: readonly SecretKey[]): ISecret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(values, name, { component: 'secrets' }),
    type: 'Opaque',
    data: Object.fromEntries(
      keys.map((key) => [secretOf(values, key).key, Buffer.from(secrets[key] ?? '').toString('base64')]),
    ),
  });
  const { name, ownerName = '' } = values.secrets;
  const written = [
    [name, secretKeys(values)],
    [ownerName, ownerKeys(values)],
  ] as const;
  return Yaml.stringify(...written.filter(([, keys]) => keys.length > 0).map((one) => toSecret(...one)));
}

/** Writes the Secret to a file that only its owner can read. */
export function writeSecretFile({ path, text }: NonNullable<ReturnType<typeof readSecrets>>): void {
  const stage = `${path}.new`;
  writeFileSync(stage, text, { mode: 0o600 });
  // writeFileSync sets the mode of new files only.
  chmodSync(stage, 0o600);
  renameSync(stage, path);
}
