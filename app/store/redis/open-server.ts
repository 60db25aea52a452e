import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { meaningOf } from '../../observe/redis-errors.ts';
import type { StoreObserver } from '../../observe/store-observer.ts';
import type { Availability } from './availability.ts';
import { guardCommands, isOutage } from './command-circuit-breaker.ts';
import { readBeforeTimeout } from './command-deadline.ts';
import type { CommandFaults } from './command-faults.ts';
import { interceptCommands } from './command-interceptor.ts';
import type { Inspection } from './inspection.ts';
import { instrumentCommands } from './instrumentation.ts';
import { createServerConnection, type IoredisConnection, type RedisTarget } from './ioredis-connection.ts';

/** What a connection for commands reports to. */
export interface CommandParts {
  readonly target: RedisTarget;
  readonly observer: StoreObserver;
  readonly availability: Availability;
  readonly faults: CommandFaults;
  readonly inspection: Inspection;
}

/** A connection for commands. It is not connected yet. */
export interface CommandConnection<Connection extends IoredisConnection = IoredisConnection> {
  readonly connection: Connection;
  /** Whether every server answers. Never rejects. */
  ping(): Promise<boolean>;
  /** Ends probes and reports. */
  stop(): void;
}

/** Milliseconds between two attempts to get an answer from a server that is loading its data. */
const answerInterval = 500;

const isAnswered = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    (error) => !isOutage(error),
  );

/** A new connection is available only when PING is answered: a server that is loading its data refuses it. */
async function waitForAnswer(connection: Redis): Promise<boolean> {
  while (connection.status === 'ready') {
    if (await isAnswered(connection.ping())) return true;
    await sleep(answerInterval, undefined, { ref: false });
  }
  return false;
}

/**
 * Rejects all commands after SELECT failed. The client would use database 0, which may belong to another service.
 * @returns whether the present connection has the wrong database
 */
function refuseWrongDatabase(connection: Redis): () => boolean {
  let isWrong = false;
  connection.on('connect', () => {
    isWrong = false;
  });
  connection.on('error', (error) => {
    if (meaningOf(error)?.reason === 'wrong_database') isWrong = true;
  });
  interceptCommands(connection, (command, send) => {
    if (!isWrong) return send();
    command.reject(new Error('Redis does not have the database in REDIS_URL'));
    return command.promise;
  });
  return () => isWrong;
}

/** One server: the only one, or the master that the sentinels name. @param onReady called for each new connection */
export function openServer(
  parts: CommandParts,
  onReady: (connection: Redis) => void,
): CommandConnection<Redis> {
  const { availability, faults, observer } = parts;
  const connection = createServerConnection(parts.target);
  let isStopped = false;
  const isWrongDatabase = refuseWrongDatabase(connection);
  const stopProbes = guardCommands(connection, (isUnavailable, cause) => {
    if (isUnavailable) availability.lost('connection', cause);
    // The connection was closed meanwhile: its `ready` event will report the end of the outage.
    else if (connection.status === 'ready') availability.back('connection');
  });
  readBeforeTimeout(connection);
  faults.watch(connection);
  instrumentCommands(connection, observer);
  connection.on('error', (error: Error) => isStopped || availability.lost('connection', error));
  // The client tells the reason of one sentinel only by this event.
  connection.on('sentinelError', (error: Error) => {
    if (meaningOf(error)?.reason === 'unknown_master') availability.lost('connection', error);
  });
  connection.on('close', () => isStopped || availability.lost('connection'));
  connection.on('ready', async () => {
    // The next attempt reads the URL again.
    if (isWrongDatabase()) return connection.disconnect(true);
    if (!(await waitForAnswer(connection)) || isStopped) return;
    availability.back('connection');
    onReady(connection);
  });
  return {
    connection,
    ping: () => isAnswered(connection.ping()),
    stop() {
      isStopped = true;
      stopProbes();
    },
  };
}
