import { Cluster, type Redis } from 'ioredis';
import type { Config } from '../../../config/config.ts';
import { meaningOf } from '../../../observe/redis-errors.ts';
import { modeOf } from '../../../store/redis/inspection.ts';
import {
  createClusterConnection,
  createServerConnection,
  type IoredisConnection,
  isClusterUrl,
  type RedisTarget,
} from '../../../store/redis/ioredis-connection.ts';
import { connectDeadline, withDeadline } from './address.ts';
import { addressesOf, answerDeadline, findServerProblem, type RedisServerProblem } from './redis-server.ts';

export type RedisProblem = RedisServerProblem | 'password' | 'database' | 'cluster' | 'sentinel';

export interface RedisProbe {
  readonly problem: RedisProblem | null;
  /** What was found, a sentence without a full stop. */
  readonly detail: string;
  readonly where: string;
  /** Null if there is a problem. */
  readonly connection: IoredisConnection | null;
  close(): void;
}

const problemByReason: Readonly<Record<string, RedisProblem>> = {
  unauthenticated: 'password',
  wrong_database: 'database',
  wrong_mode: 'cluster',
  sentinel: 'sentinel',
  unknown_master: 'sentinel',
};

/** The errors of the login are events, and the first command may succeed nevertheless. */
async function firstError(connection: IoredisConnection): Promise<unknown> {
  const errors: unknown[] = [];
  const keep = (error: unknown): void =>
    void errors.push(error instanceof Error && 'lastNodeError' in error ? error.lastNodeError : error);
  connection.on('error', keep);
  connection.on('sentinelError', keep);
  const attempt = connection.connect().then(() => connection.ping());
  const answer = await withDeadline(attempt, connectDeadline).catch((error: unknown) => void keep(error));
  if (answer === null && errors.length === 0)
    errors.push(new Error('Redis did not answer a command in time'));
  // An error that Redis sent says more than the lost connection that follows.
  return errors.find((error) => meaningOf(error)?.class === 'configuration') ?? errors[0] ?? null;
}

/** The connection of the service, which stays open after an answer that makes the service look for another server. */
function openConnection(target: RedisTarget): IoredisConnection {
  if (isClusterUrl(target.url())) return createClusterConnection(target);
  const connection = createServerConnection(target);
  connection.options.reconnectOnError = null;
  return connection;
}

async function logIn(target: RedisTarget, where: string): Promise<RedisProbe> {
  const connection = openConnection(target);
  const close = (): void => connection.disconnect();
  const fail = (problem: RedisProblem, detail: string): RedisProbe => {
    close();
    return { problem, detail, where, connection: null, close: () => undefined };
  };
  const error = await firstError(connection);
  if (error) {
    const meaning = meaningOf(error);
    const text = error instanceof Error ? error.message : String(error);
    // A user who may not send PING has logged in.
    if (meaning?.reason !== 'no_permission')
      return fail(problemByReason[meaning?.reason ?? ''] ?? 'login', text);
  }
  if (connection instanceof Cluster)
    return { problem: null, detail: `The service can use the cluster at ${where}`, where, connection, close };
  return openMode(connection, target, { where, fail, close });
}

interface Opened {
  readonly where: string;
  fail(problem: RedisProblem, detail: string): RedisProbe;
  close(): void;
}

/** One URL may lead to a node of a cluster, which the service recognizes, and to a sentinel, which it cannot use. */
async function openMode(
  connection: Redis,
  target: RedisTarget,
  { where, fail, close }: Opened,
): Promise<RedisProbe> {
  const mode = await modeOf(connection);
  if (mode === 'sentinel')
    return fail('sentinel', `REDIS_URL is a URL of a server, and a sentinel answers at ${where}`);
  if (mode !== 'cluster')
    return { problem: null, detail: `The service can log in to Redis at ${where}`, where, connection, close };
  close();
  const cluster = createClusterConnection(target);
  const error = await firstError(cluster);
  if (error) {
    cluster.disconnect();
    return {
      problem: 'cluster',
      detail: `The nodes of the cluster at ${where} cannot be used: ${error instanceof Error ? error.message : ''}`,
      where,
      connection: null,
      close: () => undefined,
    };
  }
  return {
    problem: null,
    detail: `The service can use the cluster at ${where}`,
    where,
    connection: cluster,
    close: () => cluster.disconnect(),
  };
}

/** Connects as the service does, and finds out at which step that fails. */
export async function probeRedis(config: Config['redis'], url: () => string): Promise<RedisProbe> {
  const { ca, caFile, cert, key, keyPrefix, sentinelPassword } = config;
  const tls = { ca, caFile, cert, key, isUnverified: config.tls === 'unverified' };
  const where = addressesOf(url())
    .map(({ host, port }) => `${host}, port ${port}`)
    .join('; ');
  const found = await findServerProblem(url(), tls);
  if (found) return { ...found, where, connection: null, close: () => undefined };
  return logIn({ url, keyPrefix, sentinelPassword, tls, commandTimeout: answerDeadline }, where);
}
