import { EventEmitter, once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { isCertificateError } from '../../certificates.ts';
import { type AuthenticationRules, authenticate } from './authentication.ts';
import { createMessageReader, type Message } from './message-reader.ts';
import { startSession } from './session-start.ts';
import { requestTls } from './tls-request.ts';
import { TransportError } from './transport-error.ts';

/** Where a server is, and what it must do before it gets a password or a query. */
export interface Server {
  readonly address: NetConnectOpts;
  /** Null for plain text. `waysOut` says what the operator can do when there is no TLS or a certificate is refused. */
  readonly tls: { readonly options: ConnectionOptions; readonly waysOut: string } | null;
  readonly rules: AuthenticationRules;
  readonly acceptsStandby: boolean;
}

/** What the client uses of a socket (postgres/src/connection.js). It listens to data, drain, error and close. */
export interface ServerSocket extends EventEmitter {
  readyState: 'open' | 'closed';
  write(bytes: Buffer, onWritten?: () => void): boolean;
  end(bytes: Buffer): void;
  destroy(): void;
}

interface SocketState {
  readonly server: Server;
  readonly events: EventEmitter & Pick<ServerSocket, 'readyState'>;
  socket: Socket | null;
  /** Until the server is authenticated, the client does not get the data. */
  onData: (chunk: Buffer) => void;
  phase: 'unused' | 'opening' | 'ready' | 'closed';
}

/**
 * Milliseconds without traffic after which TCP checks whether the server is still there. Node.js then sends up to ten
 * probes, one a second. So a dead connection is noticed within 40 s, and firewalls see traffic every half minute.
 */
const keepAliveInitialDelay = 30_000;

/** A CancelRequest is a connection of its own, without login. Any other first message is a startup message. */
const isCancelRequest = (message: Buffer): boolean =>
  message.length === 16 && message.readInt32BE(4) === 80_877_102;

function close(state: SocketState, error?: unknown): void {
  if (state.phase === 'closed') return;
  state.phase = 'closed';
  state.events.readyState = 'closed';
  state.socket?.destroy();
  if (error) state.events.emit('error', error);
  state.events.emit('close', error !== undefined);
}

function describe(error: unknown, { tls }: Server): unknown {
  if (!isCertificateError(error)) return error;
  const reason = `its certificate is refused (${error.code}).`;
  return new TransportError(`Postgres cannot be verified: ${reason} ${tls?.waysOut}`, { cause: error });
}

/** Makes `socket` the one in use: its events become those of the client's socket. */
function use(state: SocketState, socket: Socket): Socket {
  state.socket = socket;
  socket.on('error', (error) => close(state, describe(error, state.server)));
  socket.on('close', () => {
    // TLS takes the plain socket over, and reports its end after the last data.
    if (state.socket !== socket) return;
    const early = new Error('Postgres closed the connection before the login was complete');
    close(state, state.phase === 'opening' ? early : undefined);
  });
  socket.on('drain', () => state.events.emit('drain'));
  return socket;
}

async function encrypt(state: SocketState, plain: Socket): Promise<Socket> {
  const { tls } = state.server;
  if (!tls) return plain;
  await requestTls(plain, tls.waysOut);
  const secure = use(state, connectTls({ ...tls.options, socket: plain }));
  await once(secure, 'secureConnect');
  return secure;
}

async function login(state: SocketState, socket: Socket, startup: Buffer): Promise<void> {
  const { events, server } = state;
  const reader = createMessageReader();
  state.onData = reader.push;
  socket.on('data', (chunk) => state.onData(chunk));
  socket.write(startup);
  const pass = ({ bytes }: Message) => void events.emit('data', bytes);
  await authenticate({ next: reader.next, send: (bytes) => socket.write(bytes), pass }, server.rules);
  const start = await startSession(reader.next, server);
  if (state.phase === 'closed') return;
  // Before the rest is read, because the client may write its first query at once.
  state.phase = 'ready';
  state.onData = (chunk) => void events.emit('data', chunk);
  state.onData(start);
  if (reader.rest().length > 0) state.onData(reader.rest());
}

function sendCancelRequest(state: SocketState, socket: Socket, request: Buffer): void {
  state.phase = 'ready';
  socket.write(request);
}

async function open(state: SocketState, first: Buffer): Promise<void> {
  state.phase = 'opening';
  const plain = use(state, connect({ ...state.server.address, keepAlive: true, keepAliveInitialDelay }));
  await once(plain, 'connect');
  const socket = await encrypt(state, plain);
  if (isCancelRequest(first)) sendCancelRequest(state, socket, first);
  else await login(state, socket, first);
}

/**
 * A socket for the client `postgres`, which connects at the first message. It negotiates TLS and logs in, so the
 * client never gets the password, and no query leaves before the rules of the server are met. The client's own login
 * answers every request and accepts a server that leaves SCRAM's last step out
 * (docs/decisions/0025-login-to-postgres.md).
 */
export function createServerSocket(server: Server): ServerSocket {
  const events = Object.assign(new EventEmitter(), { readyState: 'open' as 'open' | 'closed' });
  const state: SocketState = { server, events, socket: null, onData: () => undefined, phase: 'unused' };
  return Object.assign(events, {
    write(bytes: Buffer, onWritten?: () => void): boolean {
      if (state.phase === 'ready') return state.socket?.write(bytes, onWritten) ?? false;
      const early = new Error('the client wrote before the login was complete');
      if (state.phase === 'unused')
        open(state, bytes).catch((error) => close(state, describe(error, server)));
      else close(state, early);
      return true;
    },
    /** Sends a last message. A connection that is not ready has none to send. */
    end(bytes: Buffer): void {
      if (state.phase === 'ready') state.socket?.end(bytes);
      else close(state);
    },
    destroy: () => close(state),
  });
}
