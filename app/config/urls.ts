import type { Check } from './reader.ts';

function hasProtocol(value: string, protocols: readonly string[]): boolean {
  try {
    const url = new URL(value);
    // A comma would be the list of a cluster, wrongly written: URL takes it for part of a name.
    return protocols.includes(url.protocol) && url.hostname !== '' && !url.hostname.includes(',');
  } catch {
    return false;
  }
}

/** A `%` on its own is what a password most often brings along. */
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

/** Those of libpq. Another word would be taken for `require`, whatever was meant. */
const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** As the fault of a variable, or null. */
export const checkDatabaseUrl: Check = (value) => {
  if (!hasProtocol(value, ['postgres:', 'postgresql:'])) return 'must be a postgresql:// URL';
  if (!isEncoded(value)) return badEncoding;
  const mode = new URL(value).searchParams.get('sslmode');
  if (mode !== null && !sslModes.includes(mode)) return `must have an sslmode among ${sslModes.join(', ')}`;
  return null;
};

/** The nodes of `redis://a:6379,redis://b:6379`; one for the usual single URL. */
export function redisNodes(value: string): string[] {
  return value.split(/,(?=rediss?:\/\/)/);
}

/** @param mustEncrypt refuses redis:// */
export function redisUrlCheck(mustEncrypt: boolean): Check {
  return (value) => {
    const nodes = redisNodes(value);
    if (!nodes.every((node) => hasProtocol(node, ['redis:', 'rediss:'])))
      return 'must be a redis:// or rediss:// URL';
    if (!nodes.every(isEncoded)) return badEncoding;
    if (mustEncrypt && !nodes.every((node) => node.startsWith('rediss:')))
      return 'must use rediss:// in production, unless REDIS_TLS=off says otherwise';
    return null;
  };
}
