import type { Message } from './message-reader.ts';

/**
 * Reads what a server sends between the login and the first query: its settings, and ReadyForQuery. Postgres 14 and
 * newer report `in_hot_standby` there (PostgreSQL documentation, "Asynchronous Operations"), so no query is needed.
 * @returns the bytes for the client, up to ReadyForQuery or to an error of the server
 * @throws Error when the server is a standby and must not be. It answers reads with what it has replayed so far, which
 *   may not contain a revocation that another replica of the service has written to the new primary.
 */
export async function startSession(
  next: () => Promise<Message>,
  { acceptsStandby }: { readonly acceptsStandby: boolean },
): Promise<Buffer> {
  const received: Buffer[] = [];
  for (;;) {
    const { type, body, bytes } = await next();
    const isStandby = type === 'S' && body.toString() === 'in_hot_standby\0on\0';
    if (isStandby && !acceptsStandby) throw new Error('Postgres is a standby and not the primary');
    received.push(bytes);
    if (type === 'Z' || type === 'E') return Buffer.concat(received);
  }
}
