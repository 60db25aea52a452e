import { connect, type Socket } from 'node:net';

/** A TCP connection that sends arbitrary bytes, and the answer. */
export interface RawConnection {
  readonly socket: Socket;
  /** The received text, at most the first 64 KiB. */
  text(): string;
  /** Bytes received so far. */
  received(): number;
  isOpen(): boolean;
  /** Resolves with the milliseconds from connecting to the end. */
  readonly closed: Promise<number>;
}

const kept = 65_536;

/** Resolves when connected; rejects when refused. @param localAddress @default what the system chooses */
export function openRaw(url: string, localAddress?: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const socket = connect({ host: hostname, port: Number(port), ...(localAddress && { localAddress }) });
    let text = '';
    let received = 0;
    let open = true;
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (text.length < kept) text += chunk.toString('latin1');
    });
    socket.on('error', reject);
    const closed = new Promise<number>((end) => {
      socket.on('close', () => {
        open = false;
        end(performance.now() - start);
      });
    });
    socket.once('connect', () =>
      resolve({ socket, text: () => text, received: () => received, isOpen: () => open, closed }),
    );
  });
}

/** The status of the first answer, or 0. */
export function statusOf(connection: RawConnection): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(connection.text())?.[1] ?? 0);
}
