import type { IncomingMessage } from 'node:http';
import { AppError } from '../../errors.ts';

const jsonType = /^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/** @throws AppError unsupported_media_type unless the headers announce JSON in UTF-8, uncompressed */
export function checkIsJson({ headers }: IncomingMessage): void {
  const { 'content-type': type, 'content-encoding': encoding } = headers;
  if (!jsonType.test(type ?? '') || (encoding && encoding !== 'identity')) {
    throw new AppError('unsupported_media_type');
  }
}

/**
 * JSON is UTF-8 (RFC 8259 section 8.1). Decoding is strict, because a replaced byte would silently change a password.
 * @throws AppError malformed_request
 */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError('malformed_request', { cause: error, detail: 'The body is not valid JSON' });
  }
}
