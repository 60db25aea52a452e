import { setTimeout as sleep } from 'node:timers/promises';
import { meaningOf } from '../../observe/redis-errors.ts';
import type { Availability } from './availability.ts';
import { interceptCommands } from './command-interceptor.ts';
import type { IoredisConnection } from './ioredis-connection.ts';
import { requiredCommands } from './required-commands.ts';

/** Milliseconds in which refused commands are collected for one log line. */
const collectionTime = 100;

export type CommandFaults = ReturnType<typeof createCommandFaults>;

/**
 * Watches for commands that Redis refuses until an operator changes something, such as an access rule. A refused command
 * counts until the same command succeeds.
 */
export function createCommandFaults(availability: Availability) {
  /** The error of each refused command. */
  const refused = new Map<string, Error>();
  let isCollecting = false;

  async function report(): Promise<void> {
    if (isCollecting) return;
    isCollecting = true;
    await sleep(collectionTime, undefined, { ref: false });
    isCollecting = false;
    const [first] = refused.values();
    if (first) availability.lost('commands', first, { commands: [...refused.keys()].sort() });
    else availability.back('commands');
  }

  function failed(command: string, error: unknown): void {
    if (!requiredCommands.has(command) || meaningOf(error)?.class !== 'configuration') return;
    // reason: meaningOf recognizes instances of Error only.
    if (!refused.has(command)) refused.set(command, error as Error);
    void report();
  }

  function succeeded(command: string): void {
    if (refused.size > 0 && refused.delete(command)) void report();
  }

  return {
    isAny: (): boolean => refused.size > 0,

    watch(connection: IoredisConnection): void {
      interceptCommands(connection, (command, send) => {
        command.promise.then(
          () => succeeded(command.name),
          (error: unknown) => failed(command.name, error),
        );
        return send();
      });
    },
  };
}
