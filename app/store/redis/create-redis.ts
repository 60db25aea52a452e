import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Secret } from '../../config/config.ts';
import { noStoreObserver, type StoreObserver } from '../../observe/store-observer.ts';
import { breakCircuit } from './breaker.ts';
import { createIoredisClient, type IoredisClient } from './connection.ts';
import { observeClient } from './observation.ts';
import type { RedisClient } from './redis-client.ts';

/** Stores the greater of both and renews the key's life; one step, so that no replica can lower another's value. */
const raiseScript = `
local current = tonumber(redis.call('get', KEYS[1]))
local value = tonumber(ARGV[1])
if current and current > value then value = current end
return redis.call('set', KEYS[1], string.format('%.0f', value), 'px', ARGV[2])
`;

/** Milliseconds that a start waits for Redis; after that it goes on without. */
const startWait = 1_000;

/** One line each time Redis goes or comes back, however often it is tried meanwhile. @returns what is told of it */
function reportState(client: IoredisClient, log: Logger): (isAway: boolean, cause?: unknown) => void {
  let wasAway = false;
  function report(isAway: boolean, cause?: unknown): void {
    if (isAway && !wasAway) log.warn({ err: cause, event: 'redis_lost' }, 'Redis is away');
    if (wasAway && !isAway) log.info({ event: 'redis_back' }, 'Redis is back');
    wasAway = isAway;
  }
  client.on('error', (error: Error) => report(true, error));
  client.on('ready', () => report(false));
  return report;
}

/** A connection of its own, as Redis demands of who subscribes. Channels are asked for again at every reconnect. */
function createSubscriptions(client: IoredisClient) {
  const listeners = new Map<string, ((message: string) => void)[]>();
  client.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(message);
  });
  client.on('error', () => undefined);
  client.on('ready', () => {
    if (listeners.size > 0) client.subscribe(...listeners.keys()).catch(() => undefined);
  });
  return async (channel: string, onMessage: (message: string) => void): Promise<void> => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), onMessage]);
    if (client.status === 'ready') await client.subscribe(channel);
  };
}

async function connect(clients: readonly IoredisClient[]): Promise<void> {
  const waiting = new AbortController();
  const connected = Promise.all(clients.map((client) => client.connect().catch(() => undefined)));
  await Promise.race([
    connected,
    sleep(startWait, undefined, { signal: waiting.signal }).catch(() => undefined),
  ]);
  waiting.abort();
}

async function disconnect(client: IoredisClient): Promise<void> {
  await client.quit().catch(() => undefined);
  client.disconnect();
}

/**
 * Redis, one node or a cluster. Starts without it too. A command that is not answered within 250 ms rejects; while Redis
 * is away, or would let all of them wait so long, every command rejects at once.
 */
export async function createRedisClient(options: {
  url: Secret;
  log: Logger;
  keyPrefix?: string;
  observer?: StoreObserver;
}): Promise<RedisClient> {
  const { url, log, keyPrefix = 'auth:', observer = noStoreObserver } = options;
  const client = createIoredisClient(url, keyPrefix);
  const subscriber = createIoredisClient(url, keyPrefix);
  const report = reportState(client, log);
  const stopProbing = breakCircuit(client, (isAway, cause) => {
    // The connection was given up meanwhile; that it is back is told by itself.
    if (!isAway && client.status !== 'ready') return;
    report(isAway, cause);
    observer.redis('commands', !isAway);
  });
  observeClient(client, 'commands', observer);
  observeClient(subscriber, 'messages', observer);
  const subscribe = createSubscriptions(subscriber);
  await connect([client, subscriber]);

  return {
    kind: 'redis',
    connection: client,
    // The keys of one `mget` would have to lie in one slot of a cluster.
    get: (keys) =>
      client instanceof Redis ? client.mget(...keys) : Promise.all(keys.map((key) => client.get(key))),
    async set(key, value, ttlMs) {
      await client.set(key, value, 'PX', Math.ceil(ttlMs));
    },
    claim: async (key, ttlMs) => (await client.set(key, '1', 'PX', Math.ceil(ttlMs), 'NX')) === 'OK',
    async raise(key, value, ttlMs) {
      await client.eval(raiseScript, 1, key, value, Math.ceil(ttlMs));
    },
    // The client prefixes keys, but not channels.
    async publish(channel, message) {
      await client.publish(keyPrefix + channel, message);
    },
    subscribe: (channel, onMessage) => subscribe(keyPrefix + channel, onMessage),
    async ping() {
      try {
        return (await client.ping()) === 'PONG';
      } catch {
        return false;
      }
    },
    async close() {
      stopProbing();
      await Promise.all([disconnect(client), disconnect(subscriber)]);
    },
  };
}
