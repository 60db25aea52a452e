import { connect, type Socket } from 'node:net';
import type { Question, Reply } from '../harness/client.ts';
import type { Stream } from './plan.ts';

/** As in bench/client.ts: asks one of the stream's servers and never throws. */
export type Ask = (base: string, line: string, question: Omit<Question, 'agent'>) => Promise<Reply>;

/** Milliseconds. */
const patience = 20_000;

/** The headers that streams and this file look at; reading all the others would cost. */
const read = ['content-length', 'retry-after', 'connection'] as const;

/** Filled and emptied at once, whichever connection reads: streams of chunks would cost as much again. */
const arrived = Buffer.alloc(64 * 1024);

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the body starts, and how many bytes it has. */
  readonly start: number;
  readonly length: number;
}

/** Null while it is not all there. What we ask never answers in chunks; @throws Error when it does. */
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

interface Asked {
  readonly bytes: string;
  readonly settle: (answer: Partial<Reply>) => void;
}

/** One connection, one request at a time. `onIdle` is called when it may send the next one. */
class Connection {
  readonly #socket: Socket;
  #asked: Asked | null = null;
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
    this.#socket.setTimeout(patience, () => {
      this.#failure = 'no answer in time';
      this.#socket.destroy();
    });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = error.code ?? error.message;
    });
    this.#socket.on('close', () => {
      this.#asked?.settle({ error: this.#failure });
      this.#asked = null;
      onClose();
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  send(asked: Asked): void {
    this.#asked = asked;
    // Latin-1 keeps characters and bytes the same; nothing that a stream sends or looks at is more than ASCII.
    this.#socket.write(asked.bytes, 'latin1');
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
    const asked = this.#asked;
    this.#asked = null;
    this.#head = null;
    this.#received = '';
    if (head.headers.connection === 'close') this.#socket.destroy();
    asked?.settle({ status: head.status, headers: head.headers, text, body: parseBody(text) });
    return true;
  }
}

/** Up to `limit` connections to one server; what finds none free waits for its turn. */
function createConnections(base: string, limit: number) {
  const idle: Connection[] = [];
  const waiting: Asked[] = [];
  let open = 0;

  function serve(): void {
    while (waiting.length > 0) {
      const free = idle.shift();
      if (!free && open >= limit) return;
      if (free && !free.isOpen) continue;
      const asked = waiting.shift();
      if (asked) (free ?? start()).send(asked);
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

  return (asked: Asked): void => {
    waiting.push(asked);
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
 * A stream's connections, by hand: the generator shares two cores with what it measures, and under a flood the client
 * of node:http, and undici's no less, took more of them than the service did to refuse.
 */
export function createPool({ bases, clients, keepAlive = true }: Stream): Ask {
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
