import { assert } from 'chai';
import type { Contract } from '../../test/support/openapi-contract.ts';
import type { FuzzRequest } from './request.ts';
import type { FuzzAnswer } from './wire.ts';

/** Characters of a refusal: it must not grow with what was sent. */
const maxRefusal = 32 * 1024;

/** What only the inside of the process knows: stacks, files, SQL, hashes, keys, addresses of stores. */
const inside =
  /\bat [^\n]{0,200}:\d+:\d+|node_modules|file:\/\/|\.(?:ts|mjs|cjs):\d+|\$argon2|BEGIN [A-Z ]*PRIVATE KEY|postgres(?:ql)?:\/\/|rediss?:\/\/|SQLSTATE|\b(?:insert into|delete from|update \w+ set)\b|\b(?:TypeError|RangeError|ZodError|PostgresError)\b/;

const securityHeaders = {
  'strict-transport-security': /^max-age=31536000/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'content-security-policy': /default-src 'none'/,
};

export function assertHeaders(headers: FuzzAnswer['headers'], status: number): void {
  for (const [name, pattern] of Object.entries(securityHeaders)) {
    assert.match(String(headers[name]), pattern, name);
  }
  assert.notProperty(headers, 'x-powered-by');
  assert.notProperty(headers, 'server');
  if (status === 401) assert.property(headers, 'www-authenticate');
  if (status === 429 || status === 503) assert.match(String(headers['retry-after']), /^[1-9]\d*$/);
  if (status >= 400) assert.equal(headers['cache-control'], 'no-store');
}

/** Public by purpose, and about words such as those that `inside` looks for. */
const documentation = /^\/api\/v1\/(?:docs|openapi\.json)/;
const mayBeKept = /^\/(?:api\/v1\/(?:docs|openapi\.json)|\.well-known\/)/;

export function assertKeepsSecrets(text: string, secrets: readonly string[]): void {
  assert.notMatch(text, inside, 'the answer tells about the inside');
  for (const secret of secrets) assert.notInclude(text, secret, 'the answer repeats a secret');
}

function parse(answer: FuzzAnswer): unknown {
  const isJson = /json/.test(String(answer.headers['content-type'])) && answer.text !== '';
  return isJson ? JSON.parse(answer.text) : undefined;
}

/**
 * Refused before Koa saw it, which shows by the headers that only Koa's answers have: the document's description allows
 * that anywhere.
 */
const isUnread = (answer: FuzzAnswer): boolean => answer.headers['referrer-policy'] === undefined;

/** `http://host/path` as a request target is the path on that host (RFC 9112 section 3.2.2). */
const pathIn = (target: string): string => target.replace(/^https?:\/\/[^/]*/i, '') || '/';

/**
 * What holds for every answer to whatever request, while requests come one at a time: no failure of ours (so no 503
 * either, for no queue is ever full), only what the document allows, all headers, no secret, no echo of any size.
 * @throws AssertionError
 */
export function judge(
  request: FuzzRequest,
  answer: FuzzAnswer,
  contract: Contract,
  secrets: readonly string[],
): void {
  const { status, headers, text } = answer;
  assert.isBelow(status, 500, text.slice(0, 300));
  assertHeaders(headers, status);
  const path = pathIn(request.path);
  if (status !== 200 || !documentation.test(path)) assertKeepsSecrets(text, secrets);
  assert(status < 300 || status >= 400, `${status} sends the client elsewhere`);
  if (!mayBeKept.test(path) && request.method !== 'OPTIONS')
    assert.equal(headers['cache-control'], 'no-store');
  if (status >= 400) assert.isBelow(text.length, maxRefusal, 'the refusal is too large');
  if (request.method === 'HEAD') assert.equal(text, '');
  const where = isUnread(answer)
    ? { method: request.method, path: '/unread' }
    : { method: request.method, path };
  const contentType = String(headers['content-type'] ?? '');
  contract.assertAnswer({ ...where, status, contentType, body: parse(answer) });
}
