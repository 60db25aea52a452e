import { STATUS_CODES } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { ScrapeFields } from './exposition.ts';
import { managementLimits } from './limits.ts';
import type { Answer } from './messages.ts';

const notFound: Answer = { status: 404, type: 'text/plain', body: '' };
const badRequest: Answer = { status: 400, type: 'text/plain', body: '' };

type Answers = ReadonlyMap<string, (fields: ScrapeFields) => Answer | Promise<Answer>>;

function head({ body, headers = {}, status, type }: Answer): string {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Date: ${new Date().toUTCString()}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Reads the request up to its empty line; null if it is too large or the client closes its side before. */
async function readRequest(socket: Socket): Promise<string | null> {
  let request = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    request += chunk;
    if (request.includes('\r\n\r\n')) return request;
    if (request.length > managementLimits.requestSize) return null;
  }
  return null;
}

/** The value of a header field. Lines of one name belong together (RFC 9110 section 5.3). */
function fieldOf(request: string, name: string): string {
  const lines = request.slice(0, request.indexOf('\r\n\r\n')).matchAll(/\r\n([^\s:]+):[ \t]*(.*)/g);
  const values = [...lines].filter(([, key = '']) => key.toLowerCase() === name).map(([, , value]) => value);
  return values.join(', ').trim();
}

async function serve(socket: Socket, answers: Answers): Promise<void> {
  const request = await readRequest(socket.setEncoding('latin1'));
  const text = request ?? '';
  const [line, method, path = ''] = /^(\S+) (\S+) HTTP\/1\.[01]\r\n/.exec(text) ?? [];
  const answer = method === 'GET' || method === 'HEAD' ? answers.get(path) : undefined;
  const fields = { accept: fieldOf(text, 'accept'), acceptEncoding: fieldOf(text, 'accept-encoding') };
  const result = answer ? await answer(fields) : line ? notFound : badRequest;
  socket.write(head(result));
  socket.end(method === 'HEAD' ? '' : result.body, () => socket.destroy());
}

/**
 * Answers `GET` and `HEAD` of each path in `answers`, and everything else with 404: one request for each connection. It
 * does not use node:http, which starts every request of a pipeline at once, about 1,800 for each packet that it reads.
 * Twenty such clients would exceed the memory of a small thread.
 */
export function createManagementListener(answers: Answers): Server {
  const server = createServer((socket) => {
    const deadline = setTimeout(() => socket.destroy(), managementLimits.connectionTimeout);
    socket.once('close', () => clearTimeout(deadline));
    // A client that resets its connection is no error of this thread.
    socket.on('error', () => socket.destroy());
    void serve(socket, answers).catch(() => socket.destroy());
  });
  server.maxConnections = managementLimits.maxConnections;
  return server;
}
