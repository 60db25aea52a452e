import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from 'ioredis';
import { readBeforeTimeout } from './command-deadline.ts';
import { instrumentCommands } from './instrumentation.ts';
import { createClusterConnection } from './ioredis-connection.ts';
import type { CommandConnection, CommandParts } from './open-server.ts';
import { guardShards } from './shard-circuit-breakers.ts';

/** Milliseconds after the loss of a node. A circuit breaker counts no failure this shortly after an answer. */
const lossDelay = 150;

/** A cluster. One shard that does not answer makes Redis unavailable, although commands for the others succeed. */
export function openCluster(parts: CommandParts): CommandConnection<Cluster> {
  const { availability, faults, inspection, observer, target } = parts;
  const connection = createClusterConnection(target);
  let isStopped = false;
  const shards = guardShards(connection, target.keyPrefix ?? '', (shard, isUnavailable, cause) => {
    if (isUnavailable) availability.lost(`shard ${shard}`, cause);
    else availability.back(`shard ${shard}`);
  });
  readBeforeTimeout(connection);
  faults.watch(connection);
  instrumentCommands(connection, observer);
  connection.on('error', (error: Error) => isStopped || availability.lost('connection', error));
  connection.on('close', () => isStopped || availability.lost('connection'));
  connection.on('ready', async () => {
    // Connects to every master.
    await shards.ping();
    if (isStopped || connection.status !== 'ready') return;
    availability.back('connection');
    await inspection.run(connection);
  });
  // Without traffic nobody else would notice it before the next check of the readiness.
  connection.on('-node', async () => {
    await sleep(lossDelay, undefined, { ref: false });
    if (!isStopped) await shards.ping();
  });
  return {
    connection,
    ping: shards.ping,
    stop() {
      isStopped = true;
      shards.stop();
    },
  };
}
