import type { Socket } from 'node:net';

/** Milliseconds without a byte, a little more than the service allows (`inactivityTimeout`), which then closes its side. */
const inactivityTimeout = 65_000;

/** Copies the bytes of both directions until both sides have ended, or one is broken. */
export function relay(client: Socket, service: Socket): void {
  for (const [from, to] of [
    [client, service],
    [service, client],
  ] as const) {
    from.on('error', () => from.destroy());
    // `destroySoon` sends what has arrived before.
    from.once('close', () => to.destroySoon());
    from.pipe(to);
  }
  client.setTimeout(inactivityTimeout, () => client.destroy());
}
