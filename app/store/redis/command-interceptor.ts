import type { IoredisConnection } from './ioredis-connection.ts';

/** The fields of an ioredis command that are used here. */
export interface Command {
  readonly name: string;
  readonly promise: Promise<unknown>;
  readonly reject: (error: Error) => void;
}

/** The method that a single connection and a cluster share. */
interface Sender {
  sendCommand(command: Command, ...rest: unknown[]): unknown;
}

/**
 * Calls `intercept` for every command of a connection, those of the rate limiter included, which uses the connection
 * directly. `intercept` sends the command with `send` and returns what that returned.
 */
export function interceptCommands(
  connection: IoredisConnection,
  intercept: (command: Command, send: () => unknown) => unknown,
): void {
  // reason: single connection and cluster declare the same method with different optional parameters.
  const sender = connection as unknown as Sender;
  const send = sender.sendCommand.bind(connection);
  sender.sendCommand = (command, ...rest) => intercept(command, () => send(command, ...rest));
}
