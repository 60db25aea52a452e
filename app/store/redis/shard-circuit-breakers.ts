import { type Cluster, Command } from 'ioredis';
import { type CircuitBreaker, createCircuitBreaker } from '../circuit-breaker.ts';
import { isOutage } from './command-circuit-breaker.ts';
import { interceptCommands } from './command-interceptor.ts';

/** Slots that no master serves. */
const unassigned = 'unassigned';

const slotOf = (key: string): number => new Command('exists', [key]).getSlot();

/** A key in a slot of each shard, by the address of the master. */
function keysOfShards({ slots }: Cluster): ReadonlyMap<string, string> {
  const shardOf = (slot: number): string => slots[slot]?.[0] ?? unassigned;
  const missing = new Set(Array.from({ length: 16_384 }, (_, slot) => shardOf(slot)));
  const keys = new Map<string, string>();
  for (let n = 0; missing.size > 0; n += 1) {
    const key = `{${n}}`;
    const shard = shardOf(slotOf(key));
    if (missing.delete(shard)) keys.set(shard, key);
  }
  return keys;
}

/** Sends a command on a key of the shard. `isProbe` recognizes it, because probes pass an open circuit breaker. */
function createProbe(cluster: Cluster, keyPrefix: string) {
  const probes = new WeakSet<Command>();

  return {
    isProbe: (command: Command): boolean => probes.has(command),
    send(shard: string): Promise<unknown> {
      const key = keysOfShards(cluster).get(shard);
      // Its slots have moved to other shards.
      if (key === undefined) return Promise.resolve();
      const command = new Command('exists', [keyPrefix + key], { replyEncoding: 'utf8' });
      probes.add(command);
      cluster.sendCommand(command);
      return command.promise;
    },
  };
}

/**
 * Rejects commands for a shard at once while its master does not answer, as guardCommands does for a single server. Each
 * shard has a circuit breaker of its own: the answers of the others say nothing about it. The probe is a command on a
 * key of the shard, so that the client follows the slots to a new master.
 * @param onChange called with the address of the master
 */
export function guardShards(
  cluster: Cluster,
  keyPrefix: string,
  onChange: (shard: string, isUnavailable: boolean, cause?: unknown) => void,
) {
  const breakers = new Map<string, CircuitBreaker>();
  const probe = createProbe(cluster, keyPrefix);

  function breakerOf(shard: string): CircuitBreaker {
    const existing = breakers.get(shard);
    if (existing) return existing;
    const breaker = createCircuitBreaker({
      slowFailure: 0,
      isOutage,
      probe: () => probe.send(shard),
      onChange: (isUnavailable, cause) => onChange(shard, isUnavailable, cause),
    });
    breakers.set(shard, breaker);
    return breaker;
  }

  async function isUp(shard: string): Promise<boolean> {
    // An open circuit breaker sends probes by itself.
    if (breakerOf(shard).isOpen()) return false;
    return probe.send(shard).then(
      () => true,
      (error) => !isOutage(error),
    );
  }

  interceptCommands(cluster, (command, send) => {
    if (cluster.status !== 'ready') {
      command.reject(new Error('Redis Cluster is not connected'));
      return command.promise;
    }
    // reason: the client declares a number, and returns null for a command without a key, which any node answers.
    const slot = command.getSlot() as number | null;
    if (slot === null) return send();
    const breaker = breakerOf(cluster.slots[slot]?.[0] ?? unassigned);
    if (breaker.isOpen() && !probe.isProbe(command)) {
      command.reject(new Error('the shard of Redis does not answer'));
      return command.promise;
    }
    void breaker.track(command.promise);
    return send();
  });

  return {
    /** Whether every shard answers. */
    ping: async (): Promise<boolean> =>
      (await Promise.all([...keysOfShards(cluster).keys()].map(isUp))).every(Boolean),
    stop(): void {
      for (const breaker of breakers.values()) breaker.stop();
    },
  };
}
