import { Cluster, type Redis } from 'ioredis';
import { meaningOf } from '../../../observe/redis-errors.ts';
import { readMemory } from '../../../store/redis/inspection.ts';
import type { IoredisConnection } from '../../../store/redis/ioredis-connection.ts';
import { accessRule, optionalCommands, tryRequiredCommands } from '../../../store/redis/required-commands.ts';
import { type Finding, failed, passed, skipped, warning } from '../../checks/check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { clockFinding, midpoint } from './clock.ts';
import type { DoctorCheck } from './fault-check.ts';
import { redisIds } from './redis-connection.ts';

const category = 'Redis: server';
const MiB = 1024 * 1024;

type Ask = (connection: IoredisConnection, context: DoctorContext) => Promise<Finding>;

function redisCheck(check: Omit<DoctorCheck, 'run' | 'category'> & { readonly ask: Ask }): DoctorCheck {
  const { ask, ...rest } = check;
  return {
    ...rest,
    category,
    needs: redisIds,
    async run(context) {
      const connection = (await context.redis())?.connection;
      return connection ? ask(connection, context) : skipped('No usable URL of Redis is configured');
    },
  };
}

const serversOf = (connection: IoredisConnection): readonly Redis[] =>
  connection instanceof Cluster ? connection.nodes('master') : [connection];

/** The errors of the service's own commands, by the reason. */
async function findRefused(connection: IoredisConnection, keyPrefix: string) {
  const errors = await tryRequiredCommands(connection, keyPrefix);
  const reasons = [...errors].map(([command, error]) => ({ command, reason: meaningOf(error)?.reason }));
  return (wanted: string): string[] =>
    reasons.filter(({ reason }) => reason === wanted).map(({ command }) => command.toUpperCase());
}

/** The client adds the prefix to keys. The channel has it too. */
const checkRights: Ask = async (connection, { config }) => {
  const { keyPrefix } = config.redis;
  const refused = await findRefused(connection, keyPrefix);
  const isOptional = (command: string): boolean => optionalCommands.has(command.toLowerCase());
  const [forbidden, unknown] = [refused('no_permission'), refused('unknown_command')];
  const all = [...forbidden, ...unknown];
  if (all.length > 0 && all.every(isOptional))
    return warning(
      `The service may not send ${all.join(', ')}, so that each replica counts auth_login_accounts from its own logins`,
      `Run ACL SETUSER NAME ${accessRule(keyPrefix)}`,
    );
  if (forbidden.length > 0)
    return failed(
      `The user in REDIS_URL may not send ${forbidden.join(', ')} on keys that begin with ${keyPrefix}`,
      `Run ACL SETUSER NAME ${accessRule(keyPrefix)}`,
    );
  if (unknown.length > 0)
    return failed(
      `The server does not know ${unknown.join(', ')}`,
      'Use Redis 6.2 or newer; some providers remove commands (docs/redis.md)',
    );
  return passed('Every command of the service is allowed');
};

const checkWritable: Ask = async (connection, { config }) => {
  const refused = await findRefused(connection, config.redis.keyPrefix);
  const fixes: readonly (readonly [reason: string, what: string, fix: string])[] = [
    ['read_only', 'is a replica', 'Use the primary endpoint in REDIS_URL, or Sentinel'],
    ['out_of_memory', 'has no memory left', 'Give it more memory, and find out who fills it'],
    ['not_persistent', 'cannot write its snapshot', 'Free disk space, or switch snapshots off (save "")'],
    ['too_few_replicas', 'has too few replicas', 'Restore the replicas, or lower min-replicas-to-write'],
  ];
  const found = fixes.find(([reason]) => refused(reason).length > 0);
  return found ? failed(`Redis ${found[1]} and refuses changes`, found[2]) : passed('Redis accepts changes');
};

const checkEviction: Ask = async (connection) => {
  const memories = await Promise.all(serversOf(connection).map(readMemory));
  const policy = memories.find(({ evictionPolicy }) => evictionPolicy)?.evictionPolicy;
  if (!policy) return passed('A full Redis refuses changes, and deletes no key');
  return warning(
    `The eviction policy is ${policy}: a full Redis deletes counters and revocations`,
    'Set maxmemory-policy to noeviction, or give Redis more memory',
  );
};

const checkMemory: Ask = async (connection) => {
  const memories = await Promise.all(serversOf(connection).map(readMemory));
  const known = memories.filter(({ limit, used }) => limit > 0 && used > 0);
  const [fullest] = known.sort((one, other) => other.used / other.limit - one.used / one.limit);
  if (!fullest) return skipped('Redis has no memory limit, or does not show it (INFO)');
  const percent = Math.round((100 * fullest.used) / fullest.limit);
  const text = `Redis uses ${percent} % of ${Math.round(fullest.limit / MiB)} MiB`;
  const fix = 'Give Redis more memory, or find out what fills it with redis-cli --bigkeys';
  if (percent >= 98) return failed(text, fix);
  return percent >= 80 ? warning(text, fix) : passed(text);
};

const checkClock: Ask = async (connection, context) => {
  const [server] = serversOf(connection);
  if (!server) return skipped('The cluster has no master');
  const before = context.now();
  const [seconds, microseconds] = await server.time();
  const time = Number(seconds) * 1000 + Number(microseconds) / 1000;
  return clockFinding('Redis', time - midpoint(before, context.now()));
};

export const redisStateChecks: readonly DoctorCheck[] = [
  redisCheck({
    id: 'redis-rights',
    title: 'the user of Redis may send every command of the service',
    documentation:
      'Access rules (ACL) may forbid commands, keys or channels. The service then uses its fallbacks and logs `redis_lost` with the reason `no_permission`. As the service does for each new connection, the doctor sends every command once, on keys `PREFIXcheck:…` that expire within a second. docs/redis.md has the complete rule.',
    ask: checkRights,
  }),
  redisCheck({
    id: 'redis-writable',
    title: 'Redis accepts changes',
    documentation:
      'A replica, a full memory, a failed snapshot or too few replicas make Redis refuse changes. Limits are then counted in the memory of each replica of the service, with a quarter of the budget. Reads still work, so nothing else shows it.',
    ask: checkWritable,
  }),
  redisCheck({
    id: 'redis-eviction',
    title: 'Redis deletes no key before it expires',
    documentation:
      'With an eviction policy such as `allkeys-lru` or `volatile-lru`, a full Redis deletes counters of rate limits and revocations, so an attacker who fills the memory can reset limits. Several providers have such a policy as their default. All keys of the service expire by themselves.',
    ask: checkEviction,
  }),
  redisCheck({
    id: 'redis-memory',
    title: 'Redis has free memory',
    documentation:
      'A warning from 80 % of `maxmemory` on, a failure from 98 % on. A full Redis with `noeviction` refuses changes. The service needs little memory; another user of the same Redis is the usual cause.',
    ask: checkMemory,
  }),
  redisCheck({
    id: 'redis-clock',
    title: 'the clocks of this machine and of Redis agree',
    documentation:
      'Windows of rate limits are counted by the clock of Redis. A difference shows that one of the machines has no NTP.',
    ask: checkClock,
  }),
];
