import type { StoreObserver } from '../../observe/store-observer.ts';
import { interceptCommands } from './command-interceptor.ts';
import type { IoredisConnection } from './ioredis-connection.ts';

/** Reports every command to the observer. */
export function instrumentCommands(connection: IoredisConnection, observer: StoreObserver): void {
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
