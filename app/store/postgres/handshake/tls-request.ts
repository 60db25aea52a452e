import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TransportError } from './transport-error.ts';

/** Length and code of an SSLRequest (PostgreSQL documentation, "Message Formats"). */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Asks a connected server for TLS. The TLS handshake may begin when the promise resolves.
 * @throws TransportError when the server does not offer TLS
 */
export async function requestTls(socket: Socket, waysOut: string): Promise<void> {
  socket.write(sslRequest);
  const [answer]: Buffer[] = await once(socket, 'data');
  // More bytes than one come from a man in the middle, who puts them in front of the handshake (CVE-2021-23222).
  if (answer?.toString() === 'S') return;
  if (answer?.toString() !== 'N') throw new Error('the server does not use the protocol of Postgres');
  throw new TransportError(
    `Postgres cannot be verified: it does not offer TLS. ${waysOut} Plain text needs sslmode=disable in the URL.`,
    { lacksTls: true },
  );
}
