import type { Redis } from 'ioredis';

/** Milliseconds between two checks of a connection on which no message may arrive for hours. */
const checkInterval = 5_000;

/**
 * Calls listeners for the messages of their channels. Redis requires a separate connection for a subscriber. After each
 * reconnect the channels are subscribed to again. The same command, repeated, is also the check of the connection: a
 * server that hangs keeps it open, and without an answer the client closes it and connects again.
 * @returns also a function that ends the checks
 */
export function createSubscriptions(connection: Redis) {
  const listeners = new Map<string, ((message: string) => void)[]>();
  const resubscribe = (): void => {
    if (connection.status !== 'ready' || listeners.size === 0) return;
    connection.subscribe(...listeners.keys()).catch(() => undefined);
  };
  connection.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(message);
  });
  // The commands' connection logs errors; without a listener here they would end the process.
  connection.on('error', () => undefined);
  connection.on('ready', resubscribe);
  const timer = setInterval(resubscribe, checkInterval).unref();
  return {
    async subscribe(channel: string, onMessage: (message: string) => void): Promise<void> {
      listeners.set(channel, [...(listeners.get(channel) ?? []), onMessage]);
      if (connection.status === 'ready') await connection.subscribe(channel);
    },
    stop: (): void => clearInterval(timer),
  };
}
