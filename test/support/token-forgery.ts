import { createHmac, type KeyObject, sign } from 'node:crypto';

/** Any JSON value, or text that goes into the token as it is. */
type Part = unknown;

function encode(part: Part): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** A compact JWS of whatever parts, without any of a library's checks. */
export function forge(header: Part, payload: Part, signature: (input: Buffer) => Buffer): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signature(Buffer.from(input)).toString('base64url')}`;
}

export const unsigned = (): Buffer => Buffer.alloc(0);

export function rs256(key: KeyObject): (input: Buffer) => Buffer {
  return (input) => sign('sha256', input, key);
}

export function hs256(secret: string | Buffer): (input: Buffer) => Buffer {
  return (input) => createHmac('sha256', secret).update(input).digest();
}
