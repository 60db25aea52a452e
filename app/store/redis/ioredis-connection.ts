import { isIP } from 'node:net';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseSentinelUrl, redisNodes, type Secret } from '../../config/config.ts';
import { checkTlsFiles, createTlsOptions, type RedisTls } from './tls-options.ts';
import './late-errors.ts';

export type IoredisConnection = Redis | Cluster;

/** Which Redis to connect to, and how. */
export interface RedisTarget {
  readonly url: Secret;
  /** @default none */
  readonly keyPrefix?: string;
  /** Milliseconds. @default 250 */
  readonly commandTimeout?: number;
  readonly tls?: RedisTls;
  readonly sentinelPassword?: Secret | null;
}

type CreateTls = ReturnType<typeof createTlsOptions>;

/** The connection options in the URL of one node. */
export function parseNode(node: string, createTls: CreateTls = createTlsOptions({})) {
  const { hostname, port, username, password, protocol, pathname } = new URL(node);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(port || 6379),
    db: Number(pathname.slice(1)) || 0,
    // Undefined fields replace those of an earlier URL.
    username: username ? decodeURIComponent(username) : undefined,
    password: password ? decodeURIComponent(password) : undefined,
    tls: protocol === 'rediss:' ? createTls(isIP(host) ? undefined : host) : undefined,
  };
}

/** Milliseconds before the next attempt to connect. The number of attempts is unlimited. */
const retryDelay = (attempts: number): number => Math.min(500, 25 * 2 ** Math.min(attempts, 6));

/** Milliseconds after which a command rejects. */
const defaultCommandTimeout = 250;

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

/**
 * Options of every connection. A socket without an answer for `socketTimeout` milliseconds is closed. This takes longer than three
 * retransmissions of TCP, and longer than a busy machine usually lets a process wait for CPU time: the timer of ioredis also closes
 * sockets whose answers have arrived unread.
 */
function commonOptions({ commandTimeout = defaultCommandTimeout }: RedisTarget) {
  return {
    commandTimeout,
    connectTimeout: 1_000,
    socketTimeout: 8 * commandTimeout,
    keepAlive: 10_000,
    // It would need INFO, which access rules often forbid. The circuit breaker notices a server that is still loading.
    enableReadyCheck: false,
    // Only for CLIENT LIST, and some providers refuse it.
    disableClientInfo: true,
  } satisfies RedisOptions;
}

/** @param current the options that may change, which every attempt to connect reads again */
function createRedis(target: RedisTarget, current: (attempts: number) => RedisOptions): Redis {
  const redis: Redis = new Redis({
    ...commonOptions(target),
    ...current(0),
    lazyConnect: true,
    // A command fails at once instead of being queued until a reconnect: its caller would not wait so long.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    keyPrefix: target.keyPrefix ?? '',
    reconnectOnError: createReconnectOnDemotion(),
    retryStrategy: (attempts) => {
      Object.assign(redis.options, current(attempts));
      return retryDelay(attempts);
    },
  });
  return redis;
}

/** The address of a node. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * A connection to one server. If the URL lists several, each attempt to connect takes the next one, the `others`
 * included.
 */
function createSingle(target: RedisTarget, others: () => readonly Address[]): Redis {
  const createTls = createTlsOptions(target.tls ?? {});
  return createRedis(target, (attempts) => {
    const nodes = redisNodes(target.url()).map((node) => parseNode(node, createTls));
    const [first] = nodes;
    const all = [...nodes, ...others().map((address) => ({ ...first, ...address }))];
    return all[attempts % all.length] ?? {};
  });
}

function createBySentinels(target: RedisTarget): Redis {
  const createTls = createTlsOptions(target.tls ?? {});
  const redis = createRedis(target, () => {
    const url = parseSentinelUrl(target.url());
    if (!url) return {};
    const { host, port, ...master } = parseNode(url.master, createTls);
    // The certificate is for the host that the sentinels name, and not for the name of the master.
    const tls = master.tls ? createTls() : undefined;
    return {
      ...master,
      sentinels: url.sentinels.map((sentinel) => ({
        host: parseNode(sentinel).host,
        port: Number(new URL(sentinel).port || 26_379),
      })),
      name: url.name,
      sentinelPassword: target.sentinelPassword?.(),
      // The sentinels know each other by address, which a certificate may not contain.
      ...(tls ? { tls, sentinelTLS: tls, enableTLSForSentinelMode: true, updateSentinels: false } : {}),
    };
  });
  Object.assign(redis.options, {
    sentinelCommandTimeout: 1_000,
    sentinelRetryStrategy: redis.options.retryStrategy,
  });
  return redis;
}

/** A cluster that the nodes in the URL belong to. It is not connected yet. */
export function createClusterConnection(target: RedisTarget): Cluster {
  const createTls = createTlsOptions(target.tls ?? {});
  const { url } = target;
  const firstNode = () => parseNode(redisNodes(url())[0] ?? '');
  const { username, password, tls } = firstNode();
  // All nodes share one object, so that their next connections use a rotated password.
  const redisOptions = {
    ...commonOptions(target),
    ...{ username, password },
    ...(tls ? { tls: createTls() } : {}),
  };
  return new Cluster(
    redisNodes(url()).map((node) => parseNode(node, createTls)),
    {
      lazyConnect: true,
      // Commands wait for the connection to a node, for as long as a command may take. Those for a cluster that is not
      // connected are rejected by guardShards.
      enableOfflineQueue: true,
      enableReadyCheck: false,
      keyPrefix: target.keyPrefix ?? '',
      redisOptions,
      // A command for a shard that is down fails at once. Waiting for its recovery would delay the request.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      clusterRetryStrategy: (attempts) => {
        const now = firstNode();
        Object.assign(redisOptions, { username: now.username, password: now.password });
        return retryDelay(attempts);
      },
      // Certificates contain host names. If the name were resolved here, TLS would compare them with an address.
      dnsLookup: (address, callback) => callback(null, address),
    },
  );
}

export const isSentinelUrl = (url: string): boolean => parseSentinelUrl(url) !== null;
export const isClusterUrl = (url: string): boolean => !isSentinelUrl(url) && redisNodes(url).length > 1;

/**
 * A connection to one server: the only one, the master that the sentinels name, or any node of a cluster. It is not
 * connected yet.
 * @param others further nodes of a cluster, for the next attempts to connect
 * @throws ConfigError when a file for TLS cannot be used
 */
export function createServerConnection(
  target: RedisTarget,
  others: () => readonly Address[] = () => [],
): Redis {
  checkTlsFiles(target.tls ?? {});
  return isSentinelUrl(target.url()) ? createBySentinels(target) : createSingle(target, others);
}
