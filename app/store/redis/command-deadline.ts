import { startDeadline } from '../deadline.ts';
import { interceptCommands } from './command-interceptor.ts';
import type { IoredisConnection } from './ioredis-connection.ts';

/**
 * Rejects a command without an answer after the `commandTimeout` of the connection. The timer of ioredis would reject commands
 * whose answers have arrived while this process got no CPU, and the circuit breaker would then reject all others.
 */
export function readBeforeTimeout(connection: IoredisConnection): void {
  interceptCommands(connection, (command, send) => {
    // ioredis calls it when it sends the command, and in a cluster again for each redirection.
    let isStarted = false;
    command.setTimeout = (milliseconds) => {
      if (isStarted) return;
      isStarted = true;
      const end = startDeadline(milliseconds, () => command.reject(new Error('Command timed out')));
      command.promise.then(end, end);
    };
    return send();
  });
}
