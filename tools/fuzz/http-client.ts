import { type Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { FuzzRequest } from './request.ts';

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Milliseconds within which every request must be answered. Generous for a busy machine, and still finds a hang. */
export const deadline = 15_000;

function once({ method, path, headers, body }: FuzzRequest, port: number, agent: Agent): Promise<FuzzAnswer> {
  return new Promise((resolve, reject) => {
    let hasAnswered = false;
    const length = body ? ['Content-Length', String(body.byteLength)] : [];
    const request = httpRequest(
      {
        port,
        host: '127.0.0.1',
        method,
        path,
        agent,
        headers: [...headers.flat(), ...length],
        signal: AbortSignal.timeout(deadline),
      },
      async (response) => {
        hasAnswered = true;
        const chunks: Buffer[] = [];
        try {
          for await (const chunk of response) chunks.push(chunk);
        } catch (error) {
          reject(error);
        }
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      },
    );
    request.on('error', (error) => {
      // A server that cannot parse a request does not know that it was HEAD, and sends a body. The client reports that.
      if (!hasAnswered) reject(Object.assign(error, { wasReused: request.reusedSocket }));
    });
    request.end(body ?? undefined);
  });
}

/** The server may close an idle connection while the client reuses it. That is no missing answer. */
function isClosedIdleConnection(error: unknown): boolean {
  return (
    error instanceof Error && 'wasReused' in error && error.wasReused === true && error.name !== 'AbortError'
  );
}

/** @throws Error when there is no answer within the deadline */
export function send(request: FuzzRequest, port: number, agent: Agent): Promise<FuzzAnswer> {
  return once(request, port, agent).catch((error: unknown) => {
    if (isClosedIdleConnection(error)) return once(request, port, agent);
    throw error;
  });
}

/** Sends raw bytes and reads until the server closes the connection. @throws Error after the deadline */
export function sendBytes(bytes: Buffer, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end of the answer within ${deadline} ms`));
    }, deadline);
    socket.on('data', (chunk) => chunks.push(chunk));
    // A server that closes the connection before it has read everything resets it.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
  });
}
