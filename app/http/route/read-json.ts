import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import { AppError } from '../../errors.ts';

export const bodyLimit = 100 * 1024;

const jsonType = /^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/** Distinguishes raw-body's errors by their stable `type`. */
function failRead(error: unknown): never {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') throw new AppError('payload_too_large');
  throw new AppError('malformed_request', { cause: error, detail: 'The body did not arrive whole' });
}

/** JSON is UTF-8 (RFC 8259 section 8.1). Decoding is strict, because a replaced byte would silently change a password. */
function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError('malformed_request', { cause: error, detail: 'The body is not valid JSON' });
  }
}

/**
 * Reads a JSON body.
 * @throws AppError unsupported_media_type, payload_too_large or malformed_request
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const { 'content-type': type, 'content-encoding': encoding, 'content-length': length } = request.headers;
  if (!jsonType.test(type ?? '') || (encoding && encoding !== 'identity')) {
    throw new AppError('unsupported_media_type');
  }
  return parse(await getRawBody(request, { limit: bodyLimit, length: length ?? null }).catch(failRead));
}
