import type { StoreObserver } from '../../observe/store-observer.ts';
import { interceptCommands } from './command-interceptor.ts';
import type { IoredisConnection } from './ioredis-connection.ts';

/** Reports to the observer every command and whether the connection is ready. */
export function instrumentConnection(
  connection: IoredisConnection,
  name: 'commands' | 'messages',
  observer: StoreObserver,
): void {
  observer.redis(name, connection.status === 'ready');
  connection.on('ready', () => observer.redis(name, true));
  connection.on('close', () => observer.redis(name, false));
  interceptCommands(connection, (command, send) => {
    let sent: unknown;
    const settled = observer.command(command.name, () => {
      sent = send();
      return command.promise;
    });
    // The caller gets the failure from the command itself.
    settled.catch(() => undefined);
    return sent;
  });
}
