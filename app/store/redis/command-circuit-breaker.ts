import { meaningOf } from '../../observe/redis-errors.ts';
import { createCircuitBreaker } from '../circuit-breaker.ts';
import { interceptCommands } from './command-interceptor.ts';
import type { IoredisConnection } from './ioredis-connection.ts';

/** Whether the server could not answer a command. Other errors are answers. */
export const isOutage = (error: unknown): boolean => meaningOf(error)?.class === 'outage';

/**
 * Rejects commands at once while a connected Redis does not answer in time. While the connection is lost, the client
 * itself rejects them. @returns a function that ends the probes
 */
export function guardCommands(
  connection: IoredisConnection,
  onChange: (isUnavailable: boolean, cause?: unknown) => void,
): () => void {
  const breaker = createCircuitBreaker({
    slowFailure: 0,
    isOutage,
    probe: () => connection.ping(),
    onChange,
  });
  interceptCommands(connection, (command, send) => {
    // The first commands of a new connection must pass, and so must the probe.
    const mustPass = connection.status !== 'ready' || command.name === 'ping';
    if (!mustPass && breaker.isOpen()) {
      command.reject(new Error('Redis does not answer in time'));
      return command.promise;
    }
    void breaker.track(command.promise);
    return send();
  });
  return breaker.stop;
}
