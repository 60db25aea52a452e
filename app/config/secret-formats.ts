import { X509Certificate } from 'node:crypto';
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

/** Sentinel itself accepts no other characters in a name. */
const sentinelForm = /^(rediss?)\+sentinel:\/\/([^@/]*@)?([^@/]+)\/([\w.-]+)(?:\/(\d+))?$/;

/**
 * The parts of `redis+sentinel://[user:password@]a:26379,b:26379/name/0`. The user and the password are those of Redis.
 * @returns the sentinels as URLs, and the master as the URL with its name in the place of the host; null for other URLs
 */
export function parseSentinelUrl(value: string) {
  const [, protocol, login = '', hosts = '', name = '', database = '0'] = sentinelForm.exec(value) ?? [];
  if (!protocol) return null;
  return {
    sentinels: hosts.split(',').map((host) => `${protocol}://${host}`),
    name,
    master: `${protocol}://${login}master/${database}`,
  };
}

const isRedis = (node: string): boolean => hasProtocol(node, ['redis:', 'rediss:']);

/** The URLs of all servers that the value names. */
function redisServers(value: string): string[] {
  const sentinel = parseSentinelUrl(value);
  return sentinel ? [sentinel.master, ...sentinel.sentinels] : redisNodes(value);
}

/** A cluster has no other database. The client would use database 0 and not say so. */
function hasClusterDatabase(value: string): boolean {
  const nodes = redisNodes(value);
  return nodes.length === 1 || nodes.every((node) => /^\/?0?$/.test(new URL(node).pathname));
}

export const redisUrl = z
  .stringFormat('redis', (value) => redisServers(value).every(isRedis), { abort: true })
  .refine((value) => redisServers(value).every(isEncoded), { error: badEncoding, abort: true })
  .refine(hasClusterDatabase, 'must name no database but 0 for a cluster')
  .describe('a redis://, rediss://, redis+sentinel:// or rediss+sentinel:// URL');

export const isEncryptedRedis = (value: string): boolean =>
  redisServers(value).every((server) => server.startsWith('rediss:'));

/**
 * Braces would change the hash slots of all keys in a cluster. The only colon is at the end, so no prefix is the
 * beginning of another one.
 */
export const redisKeyPrefix = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,63}:$/)
  .describe('up to 63 letters, digits, dots, hyphens and underscores, and a colon at the end');

/**
 * RFC 7518 section 3.2 asks for a key as long as the hash. With a PEM text here, everybody who has the published key
 * could forge tokens.
 */
export const hmacSecret = z
  .string()
  .refine((key) => Buffer.byteLength(key) >= 32, 'must be at least 32 bytes')
  .refine((key) => !key.includes('-----BEGIN'), 'must not be a PEM key')
  .describe('at least 32 random bytes');

/** A token that an Authorization header can carry (b64token of RFC 6750). */
export const bearerSecret = z
  .string()
  .regex(/^[A-Za-z0-9._~+/-]{32,}=*$/)
  .describe('at least 32 characters of A-Z a-z 0-9 . _ ~ + / - and = at the end');

/** Platforms that deliver variables on one line, such as .env files and task definitions, have `\n` as two characters. */
export const withLineBreaks = (text: string): string =>
  text.replaceAll('\\r', '').replaceAll('\\n', '\n').trim();

const pemText = z.string().transform(withLineBreaks);

export const pem = pemText
  .pipe(z.string().regex(/^-----BEGIN [A-Z ]+-----/))
  .describe('PEM text, with line breaks or \\n in their place');

/** The constructor throws unless the text begins with a certificate. The TLS library reads the others. */
function beginsWithCertificate(text: string): boolean {
  try {
    return new X509Certificate(text) !== null;
  } catch {
    return false;
  }
}

export const caCertificates = pemText
  .pipe(z.stringFormat('certificates', beginsWithCertificate))
  .describe('PEM text of CA certificates, with line breaks or \\n in their place');

export const password = z.string().min(1).describe('a password');
