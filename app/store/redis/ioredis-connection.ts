import { isIP } from 'node:net';
import { Cluster, Redis } from 'ioredis';
import { redisNodes, type Secret } from '../../config/config.ts';

export type IoredisConnection = Redis | Cluster;

/** How one node's URL says to connect. */
export function parseNode(node: string) {
  const { hostname, port, username, password, protocol, pathname } = new URL(node);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(port || 6379),
    db: Number(pathname.slice(1)) || 0,
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(protocol === 'rediss:' ? { tls: isIP(host) ? {} : { servername: host } } : {}),
  };
}

/** Milliseconds before the next attempt to connect; it is never given up. */
const retryDelay = (attempts: number): number => Math.min(500, 25 * 2 ** Math.min(attempts, 6));

/** All in milliseconds. A socket that leaves a command without answer for long is dead, whatever TCP believes. */
const patience = { commandTimeout: 250, connectTimeout: 1_000, socketTimeout: 500, keepAlive: 10_000 };

/** Fail at once instead of collecting commands for later, when their callers have long gone. */
const impatient = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResubscribe: false,
};

/** Milliseconds between two reconnects for READONLY: a server that stays a replica must not be connected to in a row. */
const demotionPatience = 1_000;

/**
 * A failover may turn the server into a replica and keep the connection, which then answers every write with READONLY
 * for good. So the connection is given up, and the next one asks the name anew where the primary is. The command
 * fails all the same (ioredis would send it again on 2): its caller has a fallback, and commands are never kept for
 * later here. Nodes of a cluster need none of this: a demoted one answers MOVED, which the client follows.
 */
export function createReconnectOnDemotion(now = () => performance.now()): (error: Error) => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return (error) => {
    // Redis has no other code than its words; an older one puts its own before them when a script was refused.
    if (!/\bREADONLY\b/.test(error.message) || now() - last < demotionPatience) return false;
    last = now();
    return true;
  };
}

function createSingle(url: Secret, keyPrefix: string): Redis {
  const redis: Redis = new Redis({
    ...patience,
    ...impatient,
    ...parseNode(url()),
    keyPrefix,
    reconnectOnError: createReconnectOnDemotion(),
    retryStrategy: (attempts) => {
      // The URL as it is now: a rotated secret counts for the next connection.
      Object.assign(redis.options, parseNode(url()));
      return retryDelay(attempts);
    },
  });
  return redis;
}

function createCluster(url: Secret, keyPrefix: string): Cluster {
  const firstNode = () => parseNode(redisNodes(url())[0] ?? '');
  const { username, password, tls } = firstNode();
  // One object for all nodes, so that a rotated password reaches connections not yet made.
  const redisOptions = { ...patience, username, password, ...(tls ? { tls: {} } : {}) };
  return new Cluster(redisNodes(url()).map(parseNode), {
    lazyConnect: true,
    enableOfflineQueue: false,
    keyPrefix,
    redisOptions,
    clusterRetryStrategy: (attempts) => {
      const now = firstNode();
      Object.assign(redisOptions, { username: now.username, password: now.password });
      return retryDelay(attempts);
    },
    // Certificates name nodes by host name; resolving here would compare them with an address.
    dnsLookup: (address, callback) => callback(null, address),
  });
}

/** One node, or a cluster when the URL is a comma list. Not connected yet. */
export function createIoredisConnection(url: Secret, keyPrefix: string): IoredisConnection {
  return redisNodes(url()).length > 1 ? createCluster(url, keyPrefix) : createSingle(url, keyPrefix);
}
