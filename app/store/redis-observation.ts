import type { StoreObserver } from '../observe/store-observer.ts';
import type { RedisClient } from './redis-connection.ts';

/** The part of a client that both its kinds share. */
interface Sender {
  sendCommand(command: { name: string; promise: Promise<unknown> }, ...rest: unknown[]): unknown;
}

/**
 * Shows the observer every command and whether the connection is usable. It stands where all commands pass, since the
 * rate limiter speaks to the client directly.
 */
export function observeClient(
  client: RedisClient,
  connection: 'commands' | 'messages',
  observer: StoreObserver,
): void {
  observer.redis(connection, client.status === 'ready');
  client.on('ready', () => observer.redis(connection, true));
  client.on('close', () => observer.redis(connection, false));
  // reason: single client and cluster declare the same method with different optional parameters.
  const sender = client as unknown as Sender;
  const send = sender.sendCommand.bind(client);
  sender.sendCommand = (command, ...rest) => {
    let sent: unknown;
    const settled = observer.command(command.name, () => {
      sent = send(command, ...rest);
      return command.promise;
    });
    // Whoever sent it hears of its failure from the command itself.
    settled.catch(() => undefined);
    return sent;
  };
}
