import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { AppError } from '../../errors.ts';

const jsonType = /^application\/(?:[\w.-]+\+)?json$/;

/** `utf8` is no registered name (RFC 2978), but clients write it, and no other charset could be meant. */
const utf8Names: ReadonlySet<string | null> = new Set([null, 'utf-8', 'utf8']);

/**
 * The media type as browsers parse it (WHATWG MIME Sniffing), so that a browser never takes for text/plain, which it sends
 * without a preflight, what is JSON here.
 */
function parseType(header: string): MIMEType | null {
  try {
    return new MIMEType(header);
  } catch {
    return null;
  }
}

/** What the client should send instead, or null. */
function faultOf(headers: IncomingHttpHeaders): string | null {
  const type = parseType(headers['content-type'] ?? '');
  if (!type || !jsonType.test(type.essence)) {
    return 'Send the body as JSON, with Content-Type: application/json';
  }
  if (!utf8Names.has(type.params.get('charset')?.toLowerCase() ?? null)) {
    return 'Send the body in UTF-8, the only encoding of JSON (RFC 8259)';
  }
  const encoding = headers['content-encoding'];
  if (!encoding || encoding.toLowerCase() === 'identity') return null;
  return 'Send the body without Content-Encoding: compressed bodies are not accepted';
}

/** @throws AppError unsupported_media_type unless the headers announce JSON in UTF-8, uncompressed */
export function checkIsJson({ headers }: Pick<IncomingMessage, 'headers'>): void {
  const detail = faultOf(headers);
  if (detail !== null) throw new AppError('unsupported_media_type', { detail });
}

/**
 * JSON is UTF-8 (RFC 8259 section 8.1). A byte order mark is ignored. Decoding is strict, because a replaced byte would
 * silently change a password.
 * @throws AppError malformed_request
 */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError('malformed_request', { cause: error, detail: 'The body is not valid JSON' });
  }
}
