import type { Redis } from 'ioredis';
import type { IoredisConnection } from './ioredis-connection.ts';

const script = 'return 1';
/** The name of the script, which EVAL has stored before. */
const scriptHash = 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db';

/**
 * Every command with a key that the service sends, directly or in a script, as harmless calls on keys of the check.
 * Access rules apply to the commands in a script as well. The last calls make sure that no key remains.
 */
const calls: readonly (readonly [command: string, ...args: (string | number)[]])[] = [
  ['set', 'check:text', '1', 'PX', 1_000],
  ['get', 'check:text'],
  ['mget', 'check:text'],
  ['exists', 'check:text'],
  ['incrby', 'check:text', 0],
  ['decr', 'check:text'],
  ['pttl', 'check:text'],
  ['hset', 'check:hash', 'field', '1'],
  ['hget', 'check:hash', 'field'],
  ['hexists', 'check:hash', 'field'],
  ['hincrby', 'check:hash', 'field', 0],
  ['hkeys', 'check:hash'],
  ['hdel', 'check:hash', 'field'],
  ['rpush', 'check:list', '1'],
  ['lrange', 'check:list', 0, 0],
  ['ltrim', 'check:list', 0, 0],
  ['lrem', 'check:list', 1, '1'],
  ['eval', script, 1, 'check:text'],
  ['evalsha', scriptHash, 1, 'check:text'],
  ['expire', 'check:hash', 1],
  ['pexpire', 'check:list', 1_000],
  ['del', 'check:hash'],
  ['time'],
  ['ping'],
];

/** Without them the metric auth_login_accounts counts the logins of each replica alone. Nothing else changes. */
const optionalCalls: typeof calls = [
  ['pfadd', 'check:set', 'element'],
  ['pfcount', 'check:set'],
  ['pexpire', 'check:set', 1],
];

/** In every mode. */
export const requiredCommands: ReadonlySet<string> = new Set([
  ...calls.map(([command]) => command),
  'publish',
  'subscribe',
]);

/** The service works without them: a user of Redis with the rights of an earlier release may lack them. */
export const optionalCommands: ReadonlySet<string> = new Set(['pfadd', 'pfcount']);

/** The rights of a user for the service alone, as ACL SETUSER takes them. */
export function accessRule(keyPrefix: string): string {
  const commands = [...requiredCommands, ...optionalCommands].map((command) => `+${command}`).join(' ');
  // The client itself asks a cluster for its slots, over a connection that it names. INFO shows the eviction policy. The
  // service works without INFO and CLIENT SETNAME.
  return `resetkeys ~${keyPrefix}* resetchannels &${keyPrefix}* -@all ${commands} +cluster|slots +client|setname +info`;
}

/**
 * Sends each command once. Who observes the commands of the connection learns which of them Redis refuses. The check needs
 * no right beyond those that it checks.
 * @returns the errors by command
 */
export async function tryRequiredCommands(
  connection: IoredisConnection,
  keyPrefix: string,
): Promise<ReadonlyMap<string, unknown>> {
  // Single connection and cluster declare the same method.
  const sender: Pick<Redis, 'call'> = connection;
  const sent = [...calls, ...optionalCalls].map(
    ([command, ...args]) => [command, sender.call(command, ...args)] as const,
  );
  // Nobody listens on this channel.
  const all = [...sent, ['publish', connection.publish(`${keyPrefix}check`, '')] as const];
  const errors = new Map<string, unknown>();
  await Promise.all(all.map(([command, reply]) => reply.catch((error) => void errors.set(command, error))));
  return errors;
}
