import type { StoreObserver } from '../../observe/store-observer.ts';
import { interceptCommands } from './command-interceptor.ts';
import type { IoredisConnection } from './ioredis-connection.ts';

/** Shows the observer every command and whether the connection is usable. */
export function instrumentConnection(
  client: IoredisConnection,
  connection: 'commands' | 'messages',
  observer: StoreObserver,
): void {
  observer.redis(connection, client.status === 'ready');
  client.on('ready', () => observer.redis(connection, true));
  client.on('close', () => observer.redis(connection, false));
  interceptCommands(client, ({ name, promise }, send) => {
    let sent: unknown;
    const settled = observer.command(name, () => {
      sent = send();
      return promise;
    });
    // Whoever sent it hears of its failure from the command itself.
    settled.catch(() => undefined);
    return sent;
  });
}
