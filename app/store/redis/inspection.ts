import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, type Redis } from 'ioredis';
import type { Logger } from '../../observe/log.ts';
import type { StoreObserver } from '../../observe/store-observer.ts';
import type { CommandFaults } from './command-faults.ts';
import type { IoredisConnection } from './ioredis-connection.ts';
import { tryRequiredCommands } from './required-commands.ts';

/** Milliseconds between two checks while Redis refuses commands. */
const checkInterval = 2_000;

/** HELLO is allowed to every user and works on every server that has access rules. */
export async function modeOf(connection: Redis): Promise<string | null> {
  const reply: unknown = await connection.call('HELLO').catch(() => null);
  const fields = Array.isArray(reply) ? reply : Object.entries(Object(reply)).flat();
  const mode: unknown = fields[fields.indexOf('mode') + 1];
  return typeof mode === 'string' ? mode : null;
}

/** The memory of a server, in bytes. NaN is what the server does not tell. */
export async function readMemory(server: Redis) {
  // INFO also works where a provider forbids CONFIG.
  const info = await server.info('memory').catch(() => '');
  const field = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const limit = Number(field('maxmemory'));
  const policy = field('maxmemory_policy') ?? 'noeviction';
  return {
    used: Number(field('used_memory')),
    /** 0 is none. */
    limit,
    /** The policy by which a full server deletes keys; null if it deletes none. */
    evictionPolicy: limit !== 0 && policy !== 'noeviction' ? policy : null,
  };
}

async function evictionPolicyOf(server: Redis): Promise<string | null> {
  return (await readMemory(server)).evictionPolicy;
}

interface Options {
  readonly keyPrefix: string;
  readonly log: Logger;
  readonly observer: StoreObserver;
  readonly faults: CommandFaults;
}

export type Inspection = ReturnType<typeof createInspection>;

/**
 * Examines each server that the client connects to: whether it accepts every command of the service, and whether it may
 * delete counters and revocations before they expire.
 */
export function createInspection({ keyPrefix, log, observer, faults }: Options) {
  let lastPolicy: string | null = null;
  let current: object | null = null;

  async function inspectMemory(connection: IoredisConnection): Promise<void> {
    const servers = connection instanceof Cluster ? connection.nodes('master') : [connection];
    const policies = await Promise.all(servers.map(evictionPolicyOf));
    const policy = policies.find((one) => one !== null) ?? null;
    observer.redisEviction(policy !== null);
    if (policy !== null && policy !== lastPolicy) {
      log.warn(
        { event: 'redis_evicts', policy },
        'a full Redis deletes keys of this service: set its maxmemory-policy to noeviction, or give it more memory',
      );
    }
    lastPolicy = policy;
  }

  return {
    /** Call it for each new connection. It repeats the check of commands while some are refused. */
    async run(connection: IoredisConnection): Promise<void> {
      const run = {};
      current = run;
      await inspectMemory(connection);
      do {
        await tryRequiredCommands(connection, keyPrefix);
        await sleep(checkInterval, undefined, { ref: false });
      } while (faults.isAny() && current === run);
    },
    stop(): void {
      current = null;
    },
  };
}
