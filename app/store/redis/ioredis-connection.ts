import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis } from 'ioredis';
import { ConfigError, redisNodes, type Secret } from '../../config/config.ts';
import { readCaFile } from '../certificates.ts';

export type IoredisConnection = Redis | Cluster;

/** Node verifies the chain and the host name. ioredis reads `ca` at each connection, so that a rotated CA is used. */
function tlsOptions(caFile: string | undefined, servername: string | undefined): ConnectionOptions {
  const options: ConnectionOptions = servername ? { servername } : {};
  if (!caFile) return options;
  return Object.defineProperty(options, 'ca', { enumerable: true, get: () => readCaFile(caFile) });
}

/** The connection options in the URL of one node. */
export function parseNode(node: string, caFile?: string) {
  const { hostname, port, username, password, protocol, pathname } = new URL(node);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(port || 6379),
    db: Number(pathname.slice(1)) || 0,
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(protocol === 'rediss:' ? { tls: tlsOptions(caFile, isIP(host) ? undefined : host) } : {}),
  };
}

/** Milliseconds before the next attempt to connect. The number of attempts is unlimited. */
const retryDelay = (attempts: number): number => Math.min(500, 25 * 2 ** Math.min(attempts, 6));

/** Milliseconds after which a command rejects. */
const defaultCommandTimeout = 250;

/** In milliseconds. A socket without an answer for `socketTimeout` is closed, even if TCP still considers it open. */
const timeouts = (commandTimeout: number) => ({
  commandTimeout,
  connectTimeout: 1_000,
  socketTimeout: 2 * commandTimeout,
  keepAlive: 10_000,
});

/** Milliseconds between two reconnects because of READONLY. A server that stays a replica must not cause a loop. */
const demotionPause = 1_000;

/**
 * A failover may turn the server into a replica and keep the connection open, which then answers every write with
 * READONLY. So the connection is closed, and the next one resolves the host name again to find the primary. The
 * command itself fails (ioredis would repeat it for a return value of 2): its caller has a fallback. A cluster does not
 * need this: its demoted node answers MOVED, which the client follows.
 */
export function createReconnectOnDemotion(now = () => performance.now()): (error: Error) => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return (error) => {
    // Redis errors have no code. Older servers put other words before READONLY when a script failed.
    if (!/\bREADONLY\b/.test(error.message) || now() - last < demotionPause) return false;
    last = now();
    return true;
  };
}

interface RedisOptions {
  readonly url: Secret;
  readonly keyPrefix: string;
  /** Milliseconds. */
  readonly commandTimeout: number;
  readonly caFile: string | undefined;
}

function createSingle({ url, keyPrefix, commandTimeout, caFile }: RedisOptions): Redis {
  const redis: Redis = new Redis({
    ...timeouts(commandTimeout),
    ...parseNode(url(), caFile),
    lazyConnect: true,
    // A command fails at once instead of being queued until a reconnect: its caller would not wait so long.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    keyPrefix,
    reconnectOnError: createReconnectOnDemotion(),
    retryStrategy: (attempts) => {
      // The URL is read again, so that the next connection uses a rotated secret.
      Object.assign(redis.options, parseNode(url(), caFile));
      return retryDelay(attempts);
    },
  });
  return redis;
}

function createCluster({ url, keyPrefix, commandTimeout, caFile }: RedisOptions): Cluster {
  const firstNode = () => parseNode(redisNodes(url())[0] ?? '');
  const { username, password, tls } = firstNode();
  // All nodes share one object, so that their next connections use a rotated password.
  const redisOptions = {
    ...timeouts(commandTimeout),
    ...{ username, password },
    ...(tls ? { tls: tlsOptions(caFile, undefined) } : {}),
  };
  const nodes = redisNodes(url()).map((node) => parseNode(node, caFile));
  return new Cluster(nodes, {
    lazyConnect: true,
    enableOfflineQueue: false,
    keyPrefix,
    redisOptions,
    clusterRetryStrategy: (attempts) => {
      const now = firstNode();
      Object.assign(redisOptions, { username: now.username, password: now.password });
      return retryDelay(attempts);
    },
    // Certificates contain host names. If the name were resolved here, TLS would compare them with an address.
    dnsLookup: (address, callback) => callback(null, address),
  });
}

/** @throws ConfigError, so that a file without a certificate is found at the start and not at the first failure */
function checkCaFile(caFile: string): void {
  try {
    readCaFile(caFile);
  } catch {
    throw new ConfigError(['REDIS_CA_FILE is not a readable file of CA certificates']);
  }
}

/**
 * A single node, or a cluster when the URL is a comma list. It is not connected yet.
 * @param caFile for rediss://. @default the CAs of Node
 * @throws ConfigError when the CA file cannot be used
 */
export function createIoredisConnection(
  url: Secret,
  keyPrefix: string,
  commandTimeout = defaultCommandTimeout,
  caFile?: string,
): IoredisConnection {
  if (caFile) checkCaFile(caFile);
  const create = redisNodes(url()).length > 1 ? createCluster : createSingle;
  return create({ url, keyPrefix, commandTimeout, caFile });
}
