import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError, type ErrorCode } from '../../errors.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { securityEvent } from '../middleware/security-events.ts';
import { bareSecurityHeaders } from '../middleware/security-headers.ts';
import { problemBody, problems } from '../problem.ts';
import { unmatchedRoute } from '../route/context.ts';

const parserFailures: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Milliseconds in which a client that was refused may read why and hang up. */
const linger = 1_000;

export type BareRefusals = ReturnType<typeof createBareRefusals>;

/**
 * Answers to what never reaches Koa, of the same kind as its own, counted and logged as its own are. The connection
 * ends with them.
 */
export function createBareRefusals(log: Logger, metrics: Metrics) {
  /** The peer may be a proxy: what it forwards is in headers that nobody could read, or that are not to be believed. */
  function refuse(code: ErrorCode, peer: Duplex) {
    const { status } = problems[code];
    const requestId = randomUUID();
    const body = JSON.stringify(problemBody(new AppError(code), requestId));
    metrics.protocolErrors.inc({ status: String(status) });
    log.info(
      {
        event: 'protocol_error',
        requestId,
        status,
        code,
        ip: (peer instanceof Socket && peer.remoteAddress) || 'unknown',
        ...securityEvent({ method: 'OTHER', route: unmatchedRoute, status, code }),
      },
      'refused a request that violates the protocol',
    );
    const headers = {
      ...bareSecurityHeaders,
      'X-Request-Id': requestId,
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(body)),
      'Cache-Control': 'no-store',
      Connection: 'close',
    };
    return { status, headers, body };
  }

  function end(code: ErrorCode, socket: Duplex): void {
    const { status, headers, body } = refuse(code, socket);
    // Node has taken its own listener off a socket that it hands out, and what nobody listens to ends the process.
    socket.on('error', () => socket.destroy());
    // Sockets of servers may stay half open: without this a client that never ends its half would keep the other.
    // Ending both at once would reset the connection, and the answer would be lost with what the client still sends.
    socket.once('end', () => socket.destroy());
    setTimeout(() => socket.destroy(), linger).unref();
    socket.resume();
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'));
  }

  return {
    /** Where Node's parser was content and we are not. */
    answer(code: ErrorCode, request: IncomingMessage, response: ServerResponse): void {
      const { status, headers, body } = refuse(code, request.socket);
      response.writeHead(status, headers).end(body);
    },

    /** Where there is no response object to write to. */
    end,

    /** For `clientError`. */
    answerBadRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
      // Many that never sent a byte may expire at once: there is nothing to answer.
      const isSilent = 'bytesRead' in socket && socket.bytesRead === 0;
      if (error.code === 'ECONNRESET' || !socket.writable || isSilent) {
        socket.destroy();
        return;
      }
      end(parserFailures[error.code ?? ''] ?? 'malformed_request', socket);
    },
  };
}
