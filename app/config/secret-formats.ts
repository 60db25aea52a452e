import { z } from 'zod';

function hasProtocol(value: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  // URL takes the comma of a wrongly written cluster list for a part of the host name.
  return protocols.includes(url.protocol) && url.hostname !== '' && !url.hostname.includes(',');
}

/** Passwords often contain a `%` that is not percent-encoded. */
function isEncoded(value: string): boolean {
  const { username, password } = new URL(value);
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

const badEncoding = 'must have its user name and password percent-encoded';

/** The modes of libpq. */
const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

function hasSslMode(value: string): boolean {
  const mode = new URL(value).searchParams.get('sslmode');
  return mode === null || sslModes.includes(mode);
}

/** Parameters of libpq for TLS, for the login and for the address. The driver would send them to the server. */
const connectionParameter =
  /^(ssl|tls|gss|krb|channel_binding|require_auth|require_?peer|host|port|user|password|pass|dbname|service)/i;
const supportedParameters = ['sslmode', 'sslrootcert', 'host'];

/** A repeated parameter would be refused by libpq or read differently. */
function hasSupportedParameters(value: string): boolean {
  const names = [...new URL(value).searchParams.keys()].filter((name) => connectionParameter.test(name));
  return names.every((name) => supportedParameters.includes(name)) && new Set(names).size === names.length;
}

function hasSocketFolder(value: string): boolean {
  return new URL(value).searchParams.get('host')?.startsWith('/') ?? true;
}

/** libpq tries several hosts in turn. A comma may also be a part of the password. */
const hasSeveralHosts = (value: string): boolean =>
  /^postgres(ql)?:\/\/([^@/?#]*@)?[^@/?#]*,[^@/?#]*([/?#]|$)/.test(value);

const isPostgres = (value: string): boolean => hasProtocol(value, ['postgres:', 'postgresql:']);

/** What libpq may ask of a server and the service asks anyway: DB_PRIMARY_DB_URL must lead to a primary. */
function hasSupportedRole(value: string): boolean {
  const role = new URL(value).searchParams.get('target_session_attrs');
  return role === null || ['any', 'read-write', 'primary'].includes(role);
}

export const databaseUrl = z
  .stringFormat('postgres', (value) => hasSeveralHosts(value) || isPostgres(value), { abort: true })
  .refine((value) => !hasSeveralHosts(value), {
    error: 'must name one host, a name that leads to the primary also after a failover',
    abort: true,
  })
  .refine(isEncoded, { error: badEncoding, abort: true })
  .refine(hasSslMode, `must have an sslmode among ${sslModes.join(', ')}`)
  .refine(
    hasSupportedParameters,
    `must have no parameter for TLS, login or address except ${supportedParameters.join(', ')}, each once`,
  )
  .refine(hasSupportedRole, 'must have no target_session_attrs but read-write, primary or any')
  .refine(hasSocketFolder, 'must have the absolute path of a folder as its host parameter')
  .describe('a postgresql:// URL');

/** The nodes of `redis://a:6379,redis://b:6379`; one for the usual single URL. */
export const redisNodes = (value: string): string[] => value.split(/,(?=rediss?:\/\/)/);

const isRedis = (node: string): boolean => hasProtocol(node, ['redis:', 'rediss:']);

export const redisUrl = z
  .stringFormat('redis', (value) => redisNodes(value).every(isRedis), { abort: true })
  .refine((value) => redisNodes(value).every(isEncoded), badEncoding)
  .describe('a redis:// or rediss:// URL');

export const isEncryptedRedis = (value: string): boolean =>
  redisNodes(value).every((node) => node.startsWith('rediss:'));

/**
 * RFC 7518 section 3.2 asks for a key as long as the hash. With a PEM text here, everybody who has the published key
 * could forge tokens.
 */
export const hmacSecret = z
  .string()
  .refine((key) => Buffer.byteLength(key) >= 32, 'must be at least 32 bytes')
  .refine((key) => !key.includes('-----BEGIN'), 'must not be a PEM key')
  .describe('at least 32 random bytes');
