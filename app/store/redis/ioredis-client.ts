import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Logger } from '../../observe/log.ts';
import { noStoreObserver, type StoreObserver } from '../../observe/store-observer.ts';
import { createAvailability } from './availability.ts';
import { createCommandFaults } from './command-faults.ts';
import { createInspection } from './inspection.ts';
import { instrumentCommands } from './instrumentation.ts';
import { type Address, createServerConnection, type RedisTarget } from './ioredis-connection.ts';
import { openCommands } from './open-commands.ts';
import type { RedisClient } from './redis-client.ts';
import { createSubscriptions } from './subscriptions.ts';

interface RedisClientOptions extends RedisTarget {
  /** @default auth: */
  readonly keyPrefix?: string;
  readonly log: Logger;
  readonly observer?: StoreObserver;
}

/**
 * Stores the greater value and sets the key's time to live. One atomic step, so that no replica can overwrite a greater
 * value of another one.
 */
const setMaxScript = `
local current = tonumber(redis.call('get', KEYS[1]))
local value = tonumber(ARGV[1])
if current and current > value then value = current end
return redis.call('set', KEYS[1], string.format('%.0f', value), 'px', ARGV[2])
`;

/** Milliseconds that the start waits for Redis. After that the service starts without it. */
const connectWait = 1_000;

/** The connection for commands, which reports what it learns about the servers. */
function openCommandConnection(options: RedisClientOptions, keyPrefix: string) {
  const { log, observer = noStoreObserver } = options;
  const availability = createAvailability(log, (isAvailable) => observer.redis('commands', isAvailable));
  const faults = createCommandFaults(availability);
  const inspection = createInspection({ keyPrefix, log, observer, faults });
  const commands = openCommands({
    target: { ...options, keyPrefix },
    ...{ observer, availability, faults, inspection },
  });
  return { commands, faults };
}

/** The connection for messages. In a cluster it belongs to any of the nodes, because every node gets all messages. */
function openMessageConnection(options: RedisClientOptions, nodes: () => readonly Address[]): Redis {
  const { observer = noStoreObserver } = options;
  const connection = createServerConnection({ ...options, keyPrefix: '' }, nodes);
  observer.redis('messages', false);
  connection.on('ready', () => observer.redis('messages', true));
  connection.on('close', () => observer.redis('messages', false));
  instrumentCommands(connection, observer);
  return connection;
}

const createMethods = ({
  connection,
  isCluster,
}: Pick<ReturnType<typeof openCommands>, 'connection' | 'isCluster'>): Pick<
  RedisClient,
  'get' | 'set' | 'acquireLease' | 'setMax' | 'addDistinct' | 'countDistinct'
> => ({
  // `mget` on a cluster requires all its keys in one slot.
  get: (keys) =>
    isCluster() ? Promise.all(keys.map((key) => connection.get(key))) : connection.mget(...keys),
  async set(key, value, ttlMs) {
    await connection.set(key, value, 'PX', Math.ceil(ttlMs));
  },
  acquireLease: async (key, ttlMs) => (await connection.set(key, '1', 'PX', Math.ceil(ttlMs), 'NX')) === 'OK',
  async setMax(key, value, ttlMs) {
    await connection.eval(setMaxScript, 1, key, value, Math.ceil(ttlMs));
  },
  // No script: a user of Redis without the right to PFADD would seem to lack the right to all scripts.
  async addDistinct(key, elements, ttlMs) {
    await Promise.all([connection.pfadd(key, ...elements), connection.pexpire(key, Math.ceil(ttlMs))]);
  },
  countDistinct: (keys) => connection.pfcount(...keys),
});

/**
 * Redis: a single server, a cluster, or a master behind sentinels. The service starts without it too. A command that
 * Redis does not answer in time rejects. While Redis, or the shard of the key, is unavailable or too slow for every
 * command, commands reject at once.
 * @throws ConfigError when a file for TLS cannot be used
 */
export async function createRedisClient(options: RedisClientOptions): Promise<RedisClient> {
  const { keyPrefix = 'auth:', observer = noStoreObserver } = options;
  const { commands, faults } = openCommandConnection(options, keyPrefix);
  const { connection } = commands;
  const subscriber = openMessageConnection(options, commands.nodes);
  faults.watch(subscriber);
  const subscriptions = createSubscriptions(subscriber);
  const connected = Promise.all([commands.connect(), subscriber.connect().catch(() => undefined)]);
  await Promise.race([connected, sleep(connectWait, undefined, { ref: false })]);
  return {
    connection,
    ...createMethods(commands),
    ping: commands.ping,
    // ioredis adds the prefix to keys, but not to channels.
    async publish(channel, message) {
      await connection.publish(keyPrefix + channel, message);
    },
    subscribe: (channel, onMessage) => subscriptions.subscribe(keyPrefix + channel, onMessage),
    async close() {
      subscriptions.stop();
      await Promise.all([commands.close(), subscriber.quit().catch(() => undefined)]);
      subscriber.disconnect();
      observer.redis('commands', false);
    },
  };
}
