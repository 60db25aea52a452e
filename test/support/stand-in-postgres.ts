import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';

/** What a stand-in for Postgres asks of a client that logs in. */
export type Login =
  | 'cleartext'
  | 'md5'
  | 'trust'
  // Knows the password, as Postgres does.
  | 'scram'
  // Sends ReadyForQuery instead of an authentication request.
  | 'ready at once'
  // Accept any proof of the client, and prove nothing.
  | 'scram without its last step'
  | 'scram with a wrong signature'
  | 'scram with one iteration'
  | 'scram with a nonce of its own'
  // Asks for the password after the login.
  | 'cleartext after trust'
  | 'cleartext after scram';

export interface StandIn {
  readonly port: number;
  /** Connections, and those of them that sent a startup message. */
  readonly counts: { connections: number; logins: number };
  /** The bodies of password messages, as text. */
  readonly answers: string[];
  /** Types of the messages that a client sends only after its login: queries and their parts. */
  readonly queries: string[];
  close(): void;
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const message = (type: string, ...parts: readonly (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};
const request = (code: number, data: Buffer | string = ''): Buffer => message('R', int32(code), data);
const ready = message('Z', 'I');
const mac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The signature of a server that knows the password (RFC 5802 section 3). */
function serverSignature(password: string, salt: Buffer, iterations: number, exchange: string): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  return mac(mac(salted, 'Server Key'), exchange).toString('base64');
}

/** Whether the proof of the client belongs to the password. */
function isProof(proof: string, password: string, salt: Buffer, exchange: string): boolean {
  const clientKey = mac(pbkdf2Sync(password, salt, 4_096, 32, 'sha256'), 'Client Key');
  const storedKey = createHash('sha256').update(clientKey).digest();
  const signature = mac(storedKey, exchange);
  return (
    Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0))).toString('base64') === proof
  );
}

/** The password messages of one login get these answers, in order. */
function* scramDialogue(login: Login, password: string): Generator<Buffer, void, string> {
  const first = yield request(10, 'SCRAM-SHA-256\0\0');
  const bare = first.slice(first.indexOf('n,,') + 3);
  const nonce = login === 'scram with a nonce of its own' ? '' : (/r=(.*)$/.exec(bare)?.[1] ?? '');
  const salt = randomBytes(16);
  const iterations = login === 'scram with one iteration' ? 1 : 4_096;
  const serverFirst = `r=${nonce}${randomBytes(12).toString('base64')},s=${salt.toString('base64')},i=${iterations}`;
  const final = yield request(11, serverFirst);
  const [withoutProof = '', proof = ''] = final.split(',p=');
  const exchange = `${bare},${serverFirst},${withoutProof}`;
  if (login === 'scram without its last step') {
    yield Buffer.concat([request(0), ready]);
    return;
  }
  const knows = login === 'scram' || login === 'cleartext after scram';
  if (knows && !isProof(proof, password, salt, exchange)) {
    yield message('E', 'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0');
    return;
  }
  const signature = serverSignature(knows ? password : 'another', salt, iterations, exchange);
  yield Buffer.concat([request(12, `v=${signature}`), request(0), ready]);
}

function* dialogue(login: Login, password: string): Generator<Buffer, void, string> {
  if (login === 'ready at once') yield ready;
  else if (login === 'trust' || login === 'cleartext after trust') yield Buffer.concat([request(0), ready]);
  else if (login === 'cleartext' || login === 'md5') {
    yield login === 'md5' ? request(5, 'salt') : request(3);
    yield Buffer.concat([request(0), ready]);
  } else yield* scramDialogue(login, password);
}

/** Reads the messages of a client that has connected, over TLS or not. */
function serve(socket: Socket, { login, password, standIn }: Serving): void {
  let buffer = Buffer.alloc(0);
  let isStarted = false;
  const talk = dialogue(login, password);
  const reply = (text: string): void => {
    const { value } = talk.next(text);
    if (value) socket.write(value);
    // The client has answered a request that follows the login.
    else socket.end();
  };
  const take = (header: number): Buffer | undefined => {
    if (buffer.length < header + 4) return undefined;
    const end = header + buffer.readInt32BE(header);
    if (buffer.length < end) return undefined;
    const bytes = buffer.subarray(0, end);
    buffer = buffer.subarray(end);
    return bytes;
  };
  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let bytes = take(isStarted ? 1 : 0); bytes; bytes = take(isStarted ? 1 : 0)) {
      if (!isStarted) {
        isStarted = true;
        standIn.counts.logins += 1;
        reply('');
        continue;
      }
      const type = String.fromCharCode(bytes[0] ?? 0);
      const text = bytes.subarray(5).toString();
      if (type === 'p') {
        standIn.answers.push(text);
        reply(text);
      } else if (type !== 'X') {
        standIn.queries.push(type);
        if (login.startsWith('cleartext after')) socket.write(request(3));
        else if (type === 'Q') socket.write(Buffer.concat([message('C', 'SELECT 0\0'), ready]));
      }
    }
  });
}

interface Serving {
  readonly login: Login;
  readonly password: string;
  readonly standIn: StandIn;
}

/**
 * A server that speaks the protocol of Postgres just far enough to be a man in the middle, on a free port of the
 * loopback interface. It records what a client gives away.
 * @param options.certificate none for a server without TLS
 * @param options.password what a server with the login `scram` knows
 * @param options.socketFolder for a Unix socket instead of a port
 */
export async function startStandIn(options: {
  login: Login;
  certificate?: Certificate | undefined;
  password?: string;
  socketFolder?: string | undefined;
}): Promise<StandIn> {
  const { login, certificate, password = '', socketFolder } = options;
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket.on('error', () => undefined));
    return socket;
  };
  const server = createServer((socket) => {
    standIn.counts.connections += 1;
    track(socket).once('data', (first) => {
      const isSslRequest = first.length === 8 && first.readInt32BE(4) === 80_877_103;
      if (!isSslRequest) {
        serve(socket, { login, password, standIn });
        socket.emit('data', first);
        return;
      }
      socket.write(certificate ? 'S' : 'N');
      if (!certificate) serve(socket, { login, password, standIn });
      else {
        const { cert, key } = certificate;
        serve(track(new TLSSocket(socket, { isServer: true, cert, key })), { login, password, standIn });
      }
    });
  });
  const where = socketFolder ? { path: `${socketFolder}/.s.PGSQL.5432` } : { port: 0, host: '127.0.0.1' };
  await new Promise<void>((resolve) => server.listen(where, resolve));
  const address = server.address();
  const standIn: StandIn = {
    port: typeof address === 'object' && address ? address.port : 5432,
    counts: { connections: 0, logins: 0 },
    answers: [],
    queries: [],
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return standIn;
}
