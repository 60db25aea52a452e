import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { fixedLookup, type Target, tlsOptions } from './target.ts';

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: object;
  readonly token?: string;
  /** Another URL than that of the target, on the same host: plain HTTP on port 80. */
  readonly url?: URL;
}

export interface Reply {
  readonly sent: Sent;
  readonly status: number;
  /** The lines of the header, in the order in which they arrived; names in lower case. */
  readonly lines: readonly (readonly [name: string, value: string])[];
  readonly text: string;
  /** The parsed body, undefined if it is no JSON. */
  readonly body: unknown;
  /** Milliseconds from the request to the end of the answer. */
  readonly time: number;
  /** When the answer began to arrive, by the clock of this machine. */
  readonly receivedAt: Date;
}

/** Thrown instead of a request that would be one too many. */
export class RequestBudgetSpent extends Error {
  constructor(limit: number) {
    super(`the ${limit} requests of this run are used up`);
    this.name = 'RequestBudgetSpent';
  }
}

/** More than any answer that a check reads. What follows is dropped together with the connection. */
const maxBodyBytes = 256 * 1024;

export const valuesOf = ({ lines }: Reply, name: string): readonly string[] =>
  lines.filter(([each]) => each === name).map(([, value]) => value);

/** The first line of a name, or undefined. */
export const headerOf = (reply: Reply, name: string): string | undefined => valuesOf(reply, name)[0];

function linesOf({ rawHeaders }: IncomingMessage): [string, string][] {
  const lines: [string, string][] = [];
  for (let at = 0; at < rawHeaders.length; at += 2)
    lines.push([(rawHeaders[at] ?? '').toLowerCase(), rawHeaders[at + 1] ?? '']);
  return lines;
}

const decoders: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
};

function decode(body: Buffer, encoding = ''): string {
  const decoder = decoders[encoding];
  return (decoder ? decoder(body, { maxOutputLength: maxBodyBytes }) : body).toString('utf8');
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBodyBytes) break;
  }
  return decode(Buffer.concat(chunks), response.headers['content-encoding']);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function headersOf({ headers, json, token }: Sent, body: string | undefined): Record<string, string> {
  return {
    'user-agent': 'auth-service-verify',
    accept: 'application/json, application/problem+json',
    // A compressed answer shows that a proxy compresses tokens.
    'accept-encoding': 'gzip, br',
    ...(json && { 'content-type': 'application/json' }),
    ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    ...(token && { authorization: `Bearer ${token}` }),
    ...headers,
  };
}

interface Limits {
  /** Requests that may be sent in all. */
  readonly maxRequests: number;
  /** Milliseconds for one request. */
  readonly timeout: number;
}

function createAgents(target: Target) {
  const keep = { keepAlive: true, maxSockets: 1 };
  return {
    'http:': new HttpAgent(keep),
    'https:': new HttpsAgent({ ...keep, ...tlsOptions(target), rejectUnauthorized: !target.isInsecure }),
  };
}

/** One request. `onConnected` is called when a connection is there, so that the server may have seen the request. */
function exchange(
  target: Target,
  agents: ReturnType<typeof createAgents>,
  sent: Sent,
  timeout: number,
  onConnected: () => void,
): Promise<Reply> {
  const { protocol, hostname, port } = sent.url ?? target.url;
  const isHttps = protocol === 'https:';
  const body = sent.json && JSON.stringify(sent.json);
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const request = (isHttps ? httpsRequest : httpRequest)({
      method: sent.method ?? 'GET',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || (isHttps ? 443 : 80),
      path: sent.path,
      agent: agents[isHttps ? 'https:' : 'http:'],
      headers: headersOf(sent, body),
      signal: AbortSignal.timeout(timeout),
      ...(target.address && { lookup: fixedLookup(target.address) }),
    });
    request.once('socket', (socket) => {
      if (request.reusedSocket) onConnected();
      else socket.once(isHttps ? 'secureConnect' : 'connect', onConnected);
    });
    request.once('response', (response) => {
      const receivedAt = new Date();
      readText(response).then((text) => {
        const reply = { sent, status: response.statusCode ?? 0, lines: linesOf(response), text };
        resolve({ ...reply, body: parseJson(text), time: performance.now() - start, receivedAt });
      }, reject);
    });
    request.once('error', (error) => {
      const isLate = error.name === 'TimeoutError' || error.name === 'AbortError';
      reject(isLate ? new Error(`no answer within ${timeout / 1000} seconds`) : error);
    });
    request.end(body);
  });
}

export type HttpClient = ReturnType<typeof createHttpClient>;

/** Sends requests to the target and counts those that can have reached it. */
export function createHttpClient(target: Target, { maxRequests, timeout }: Limits) {
  const agents = createAgents(target);
  const replies: Reply[] = [];
  let used = 0;

  return {
    /** Every reply so far, in order. */
    replies: replies as readonly Reply[],
    /** How many requests are left. */
    left: (): number => maxRequests - used,
    /**
     * @throws RequestBudgetSpent
     * @throws Error when there is no answer, or not in time
     */
    async send(sent: Sent): Promise<Reply> {
      if (used >= maxRequests) throw new RequestBudgetSpent(maxRequests);
      used += 1;
      let isConnected = false;
      try {
        const reply = await exchange(target, agents, sent, timeout, () => {
          isConnected = true;
        });
        replies.push(reply);
        return reply;
      } catch (error) {
        if (!isConnected) used -= 1;
        throw error;
      }
    },
    close(): void {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}
