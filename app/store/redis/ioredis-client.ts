import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Secret } from '../../config/config.ts';
import { noStoreObserver, type StoreObserver } from '../../observe/store-observer.ts';
import { isCertificateError } from '../certificates.ts';
import { guardCommands } from './command-circuit-breaker.ts';
import { instrumentConnection } from './instrumentation.ts';
import { createIoredisConnection, type IoredisConnection } from './ioredis-connection.ts';
import type { RedisClient } from './redis-client.ts';
import { createSubscriptions } from './subscriptions.ts';

interface RedisClientOptions {
  readonly url: Secret;
  readonly log: Logger;
  readonly keyPrefix?: string;
  /** Milliseconds. @default 250 */
  readonly commandTimeout?: number;
  /** CA certificates for rediss://. @default the CAs of Node */
  readonly caFile?: string | undefined;
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

/** For a cluster the client hides the reason: its nodes are only `closed`. */
function describe(cause: unknown): string {
  if (!isCertificateError(cause)) return 'Redis does not answer';
  return `Redis cannot be verified: its certificate is refused (${cause.code}). Set REDIS_CA_FILE to the certificate of its CA.`;
}

/** Logs one line when Redis is lost and one when it is back, however many attempts fail in between. */
function createOutageLog(connection: IoredisConnection, log: Logger) {
  let wasUnavailable = false;
  function report(isUnavailable: boolean, cause?: unknown): void {
    if (isUnavailable && !wasUnavailable) log.warn({ err: cause, event: 'redis_lost' }, describe(cause));
    if (wasUnavailable && !isUnavailable) log.info({ event: 'redis_back' }, 'Redis answers again');
    wasUnavailable = isUnavailable;
  }
  connection.on('error', (error: Error) => report(true, error));
  connection.on('ready', () => report(false));
  return report;
}

/** The connection for commands, behind a circuit breaker. @returns also a function that ends the breaker's probes */
function openCommandConnection(options: RedisClientOptions, keyPrefix: string, observer: StoreObserver) {
  const connection = createIoredisConnection(options.url, keyPrefix, options.commandTimeout, options.caFile);
  const report = createOutageLog(connection, options.log);
  const stopProbes = guardCommands(connection, (isUnavailable, cause) => {
    // The connection was closed meanwhile: its `ready` event will report the end of the outage.
    if (!isUnavailable && connection.status !== 'ready') return;
    report(isUnavailable, cause);
    observer.redis('commands', !isUnavailable);
  });
  instrumentConnection(connection, 'commands', observer);
  return { connection, stopProbes };
}

async function waitUntilConnected(connections: readonly IoredisConnection[]): Promise<void> {
  const connected = Promise.all(connections.map((connection) => connection.connect().catch(() => undefined)));
  await Promise.race([connected, sleep(connectWait, undefined, { ref: false })]);
}

async function disconnect(connection: IoredisConnection): Promise<void> {
  await connection.quit().catch(() => undefined);
  connection.disconnect();
}

const createCommands = (
  connection: IoredisConnection,
): Omit<RedisClient, 'publish' | 'subscribe' | 'close'> => ({
  connection,
  // `mget` on a cluster requires all its keys in one slot.
  get: (keys) =>
    connection instanceof Redis
      ? connection.mget(...keys)
      : Promise.all(keys.map((key) => connection.get(key))),
  async set(key, value, ttlMs) {
    await connection.set(key, value, 'PX', Math.ceil(ttlMs));
  },
  acquireLease: async (key, ttlMs) => (await connection.set(key, '1', 'PX', Math.ceil(ttlMs), 'NX')) === 'OK',
  async setMax(key, value, ttlMs) {
    await connection.eval(setMaxScript, 1, key, value, Math.ceil(ttlMs));
  },
  ping: async () =>
    connection.ping().then(
      (answer) => answer === 'PONG',
      () => false,
    ),
});

/**
 * Redis, a single node or a cluster. The service starts without it too. A command that Redis does not answer in time
 * rejects. While Redis is unavailable or too slow for every command, commands reject at once.
 */
export async function createRedisClient(options: RedisClientOptions): Promise<RedisClient> {
  const { url, keyPrefix = 'auth:', observer = noStoreObserver } = options;
  const { connection, stopProbes } = openCommandConnection(options, keyPrefix, observer);
  const subscriber = createIoredisConnection(url, keyPrefix, options.commandTimeout, options.caFile);
  instrumentConnection(subscriber, 'messages', observer);
  const subscribe = createSubscriptions(subscriber);
  await waitUntilConnected([connection, subscriber]);
  return {
    ...createCommands(connection),
    // ioredis adds the prefix to keys, but not to channels.
    async publish(channel, message) {
      await connection.publish(keyPrefix + channel, message);
    },
    subscribe: (channel, onMessage) => subscribe(keyPrefix + channel, onMessage),
    async close() {
      stopProbes();
      await Promise.all([disconnect(connection), disconnect(subscriber)]);
    },
  };
}
