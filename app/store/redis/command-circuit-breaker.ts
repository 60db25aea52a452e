import { createCircuitBreaker } from '../circuit-breaker.ts';
import { interceptCommands } from './command-interceptor.ts';
import type { IoredisConnection } from './ioredis-connection.ts';

/** ioredis has no other code than its words. */
const isTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Command timed out';

/**
 * Refuses commands at once while a connected Redis does not answer, or too late. A lost connection needs none of this:
 * then the client itself does. @returns what ends the probing
 */
export function guardCommands(
  client: IoredisConnection,
  onChange: (isAway: boolean, cause?: unknown) => void,
): () => void {
  const probe = () => client.ping();
  const breaker = createCircuitBreaker({ slowFailure: 0, isOutage: isTimeout, probe, onChange });
  interceptCommands(client, (command, send) => {
    // What a new connection begins with must pass, and so must the question whether Redis answers.
    const isPassing = client.status !== 'ready' || command.name === 'ping';
    if (!isPassing && breaker.isOpen()) {
      command.reject(new Error('Redis does not answer in time'));
      return command.promise;
    }
    void breaker.track(command.promise);
    return send();
  });
  return breaker.stop;
}
