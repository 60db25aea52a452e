import type { IoredisConnection } from './ioredis-connection.ts';

/**
 * Calls listeners for the messages of their channels. Redis requires a separate connection for a subscriber. After each
 * reconnect the channels are subscribed to again.
 */
export function createSubscriptions(connection: IoredisConnection) {
  const listeners = new Map<string, ((message: string) => void)[]>();
  connection.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(message);
  });
  // The commands' connection logs errors; without a listener here they would end the process.
  connection.on('error', () => undefined);
  connection.on('ready', () => {
    if (listeners.size > 0) connection.subscribe(...listeners.keys()).catch(() => undefined);
  });
  return async (channel: string, onMessage: (message: string) => void): Promise<void> => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), onMessage]);
    if (connection.status === 'ready') await connection.subscribe(channel);
  };
}
