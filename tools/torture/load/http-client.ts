import { connect, type Socket } from 'node:net';
import type { Question, Reply } from '../harness/client.ts';
import type { Stream } from './plan.ts';

/** Sends a request to a server of the stream. Never throws. */
export type Ask = (base: string, line: string, question: Omit<Question, 'agent'>) => Promise<Reply>;

/** Milliseconds. */
const timeout = 20_000;

/** The only headers that are parsed: parsing all of them would cost CPU time. */
const read = ['content-length', 'retry-after', 'connection'] as const;

/** One read buffer for all connections. Streams of chunks would double the cost. */
const arrived = Buffer.alloc(64 * 1024);

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the body starts, and how many bytes it has. */
  readonly start: number;
  readonly length: number;
}

/** Null while the head is incomplete. @throws Error for an answer in chunks, which no request here has */
function parseHead(received: string): Head | null {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = `${received.slice(0, end).toLowerCase()}\r\n`;
  const headers: Record<string, string> = {};
  for (const name of read) {
    const at = head.indexOf(`\r\n${name}:`);
    if (at >= 0) headers[name] = head.slice(at + name.length + 3, head.indexOf('\r\n', at + 2)).trim();
  }
  const status = Number(head.slice('http/1.1 '.length, 'http/1.1 200'.length));
  const length = headers['content-length'] ?? (status === 204 ? '0' : undefined);
  if (length === undefined) throw new Error(`${status} without a length`);
  return { status, headers, start: end + 4, length: Number(length) };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

interface PendingRequest {
  readonly bytes: string;
  readonly settle: (answer: Partial<Reply>) => void;
}

/** One connection with one request at a time. Calls `onIdle` when it is free for the next one. */
class Connection {
  readonly #socket: Socket;
  #pending: PendingRequest | null = null;
  #head: Head | null = null;
  #received = '';
  #failure = 'ECONNRESET';

  constructor(base: string, onIdle: (connection: Connection) => void, onClose: () => void) {
    const { hostname, port } = new URL(base);
    this.#socket = connect({
      ...{ host: hostname, port: Number(port), noDelay: true },
      onread: {
        buffer: arrived,
        callback: (size) => {
          this.#received += arrived.toString('latin1', 0, size);
          if (this.#isAnswered()) onIdle(this);
          return true;
        },
      },
    });
    this.#socket.setTimeout(timeout, () => {
      this.#failure = 'no answer in time';
      this.#socket.destroy();
    });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = error.code ?? error.message;
    });
    this.#socket.on('close', () => {
      this.#pending?.settle({ error: this.#failure });
      this.#pending = null;
      onClose();
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  send(pending: PendingRequest): void {
    this.#pending = pending;
    // In Latin-1 every character is one byte. Requests and parsed answers are ASCII.
    this.#socket.write(pending.bytes, 'latin1');
  }

  #isAnswered(): boolean {
    try {
      this.#head ??= parseHead(this.#received);
    } catch (error) {
      this.#failure = String(error);
      this.#socket.destroy();
      return false;
    }
    const head = this.#head;
    if (!head || this.#received.length < head.start + head.length) return false;
    const text = this.#received.slice(head.start, head.start + head.length);
    const pending = this.#pending;
    this.#pending = null;
    this.#head = null;
    this.#received = '';
    if (head.headers.connection === 'close') this.#socket.destroy();
    pending?.settle({ status: head.status, headers: head.headers, text, body: parseBody(text) });
    return true;
  }
}

/** Up to `limit` connections to one server. A request without a free connection waits in a queue. */
function createConnections(base: string, limit: number) {
  const idle: Connection[] = [];
  const waiting: PendingRequest[] = [];
  let open = 0;

  function serve(): void {
    while (waiting.length > 0) {
      const free = idle.shift();
      if (!free && open >= limit) return;
      if (free && !free.isOpen) continue;
      const pending = waiting.shift();
      if (pending) (free ?? start()).send(pending);
    }
  }

  function start(): Connection {
    open += 1;
    const onIdle = (connection: Connection): void => {
      idle.push(connection);
      serve();
    };
    const onClose = (): void => {
      open -= 1;
      serve();
    };
    return new Connection(base, onIdle, onClose);
  }

  return (pending: PendingRequest): void => {
    waiting.push(pending);
    serve();
  };
}

function format(host: string, line: string, keepAlive: boolean, question: Omit<Question, 'agent'>): string {
  let head = `${line} HTTP/1.1\r\nHost: ${host}\r\n`;
  if (!keepAlive) head += 'Connection: close\r\n';
  if (question.token) head += `Authorization: Bearer ${question.token}\r\n`;
  for (const [name, value] of Object.entries(question.headers ?? {})) head += `${name}: ${value}\r\n`;
  if (question.body === undefined) return `${head}\r\n`;
  const payload = JSON.stringify(question.body);
  return `${head}Content-Type: application/json\r\nContent-Length: ${payload.length}\r\n\r\n${payload}`;
}

/**
 * The HTTP client of a stream, written by hand. The generator shares two cores with the service. Under a flood, the
 * clients of node:http and undici used more CPU time than the service needed to refuse the requests.
 */
export function createHttpClient({ bases, clients, keepAlive = true }: Stream): Ask {
  const servers = new Map(
    bases.map((base) => [base, { host: new URL(base).host, send: createConnections(base, clients) }]),
  );
  return (base, line, question) => {
    const start = performance.now();
    return new Promise((resolve) => {
      const settle = (answer: Partial<Reply>): void =>
        resolve({
          ...{ status: 0, headers: {}, text: '', body: null, error: null },
          ms: performance.now() - start,
          ...answer,
        });
      const server = servers.get(base);
      if (server) server.send({ bytes: format(server.host, line, keepAlive, question), settle });
      else settle({ error: `no stream speaks to ${base}` });
    });
  };
}
