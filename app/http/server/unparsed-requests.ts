import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError, type ErrorCode } from '../../errors.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { addressPrefix, createClientAddress } from '../middleware/client-address.ts';
import { basicSecurityHeaders } from '../middleware/security-headers.ts';
import { problemResponse } from '../problem.ts';
import { securityEvent } from '../route/security-events.ts';

const codeOfParserError: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Milliseconds that a refused client has to read the response before its connection is closed. */
const lingerTime = 1_000;

/** Writes the response to the socket itself, because there is no response object, and closes the connection. */
function endSocket(socket: Duplex, { status, headers, body }: ReturnType<typeof problemResponse>): void {
  // Node removes its own error listener from a socket that it hands out. An error without a listener ends the process.
  socket.on('error', () => socket.destroy());
  // Server sockets may stay half open. A client that never ends its half would keep the other half open. Ending both
  // at once would reset the connection, and the client would lose the response.
  socket.once('end', () => socket.destroy());
  setTimeout(() => socket.destroy(), lingerTime).unref();
  socket.resume();
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'));
}

/**
 * Answers requests that never reach Koa, because Node's parser or the checks before it refused them. They get the
 * same problem response, log line and metrics as other refusals, and their connection is closed.
 */
export function createUnparsedRequestHandler(log: Logger, metrics: Metrics) {
  const addressOf = createClientAddress([], 'x-forwarded-for');

  function refuse(code: ErrorCode, peer: Duplex) {
    const requestId = randomUUID();
    const { status, headers, body } = problemResponse(new AppError(code), requestId);
    metrics.protocolErrors.inc({ status: String(status) });
    // The address is that of the peer, which may be a proxy: forwarding headers could not be read or be trusted.
    const ip = addressOf(peer instanceof Socket ? peer.remoteAddress : undefined, undefined);
    log.info(
      {
        event: 'protocol_error',
        ...{ requestId, status, code, ip, network: addressPrefix(ip) },
        ...securityEvent(status, code, undefined),
      },
      'refused a request that violates the protocol',
    );
    const length = { 'Content-Length': String(Buffer.byteLength(body)) };
    const more = { 'X-Request-Id': requestId, ...length, Connection: 'close' };
    return { status, headers: { ...basicSecurityHeaders, ...headers, ...more }, body };
  }

  return {
    /** For a request that Node's parser accepted and the checks of server.ts did not. */
    answer(code: ErrorCode, request: IncomingMessage, response: ServerResponse): void {
      const { status, headers, body } = refuse(code, request.socket);
      response.writeHead(status, headers).end(body);
    },

    /** For a socket without a response object. */
    end: (code: ErrorCode, socket: Duplex): void => endSocket(socket, refuse(code, socket)),

    /** For the server's `clientError` event. */
    onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
      // Connections that never sent a byte may time out in great numbers; there is nothing to answer.
      const isSilent = 'bytesRead' in socket && socket.bytesRead === 0;
      if (error.code === 'ECONNRESET' || !socket.writable || isSilent) {
        socket.destroy();
        return;
      }
      const code = codeOfParserError[error.code ?? ''] ?? 'malformed_request';
      endSocket(socket, refuse(code, socket));
    },
  };
}
