import type { Command, Redis } from 'ioredis';
import type { IoredisConnection } from './ioredis-connection.ts';

/**
 * Calls `intercept` for every command of a connection, those of the rate limiter included, which uses the connection
 * directly. `intercept` sends the command with `send` and returns what that returned.
 */
export function interceptCommands(
  connection: IoredisConnection,
  intercept: (command: Command, send: () => unknown) => unknown,
): void {
  // Single connection and cluster declare the same method with different optional parameters, which `rest` passes on.
  const sender: Pick<Redis, 'sendCommand'> = connection;
  const send = sender.sendCommand.bind(connection);
  sender.sendCommand = (command, ...rest) => intercept(command, () => send(command, ...rest));
}
