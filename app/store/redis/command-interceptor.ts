import type { IoredisConnection } from './ioredis-connection.ts';

/** What of ioredis' own command matters here. */
export interface Command {
  readonly name: string;
  readonly promise: Promise<unknown>;
  readonly reject: (error: Error) => void;
}

/** The part of a client that both its kinds share. */
interface Sender {
  sendCommand(command: Command, ...rest: unknown[]): unknown;
}

/**
 * Puts `pass` where all commands of a client go by, since the rate limiter speaks to the client directly. It sends the
 * command with `send`, and gives what that gave.
 */
export function interceptCommands(
  client: IoredisConnection,
  pass: (command: Command, send: () => unknown) => unknown,
): void {
  // reason: single client and cluster declare the same method with different optional parameters.
  const sender = client as unknown as Sender;
  const send = sender.sendCommand.bind(client);
  sender.sendCommand = (command, ...rest) => pass(command, () => send(command, ...rest));
}
