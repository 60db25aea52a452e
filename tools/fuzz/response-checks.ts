import { assert } from 'chai';
import type { Contract } from '../../test/support/openapi-contract.ts';
import type { FuzzAnswer } from './http-client.ts';
import type { FuzzRequest } from './request.ts';

/** The maximum length of an error answer: it must not grow with the request. */
const maxErrorLength = 32 * 1024;

/** Internal details: stacks, files, SQL, hashes, keys, addresses of stores. */
const internalDetails =
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

/** The documentation may contain words that `internalDetails` matches. */
const documentation = /^\/api\/v1\/(?:docs|openapi\.json)/;
const isCacheable = /^\/(?:api\/v1\/(?:docs|openapi\.json)|\.well-known\/)/;

export function assertNoSecrets(text: string, secrets: readonly string[]): void {
  assert.notMatch(text, internalDetails, 'the answer contains internal details');
  for (const secret of secrets) assert.notInclude(text, secret, 'the answer contains a secret');
}

function parse(answer: FuzzAnswer): unknown {
  const isJson = /json/.test(String(answer.headers['content-type'])) && answer.text !== '';
  return isJson ? JSON.parse(answer.text) : undefined;
}

/**
 * Refused before Koa received the request: such an answer lacks a header that Koa sets. The OpenAPI document allows these
 * answers for every path.
 */
const isRefusedBeforeKoa = (answer: FuzzAnswer): boolean => answer.headers['referrer-policy'] === undefined;

/** `http://host/path` as a request target is the path on that host (RFC 9112 section 3.2.2). */
const pathIn = (target: string): string => target.replace(/^https?:\/\/[^/]*/i, '') || '/';

/**
 * Checks any answer, provided that requests come one at a time: no 5xx (also no 503, because no queue is full), only
 * documented answers, all security headers, no secret, and no long echo of the request.
 * @throws AssertionError
 */
export function checkResponse(
  request: FuzzRequest,
  answer: FuzzAnswer,
  contract: Contract,
  secrets: readonly string[],
): void {
  const { status, headers, text } = answer;
  assert.isBelow(status, 500, text.slice(0, 300));
  assertHeaders(headers, status);
  const path = pathIn(request.path);
  if (status !== 200 || !documentation.test(path)) assertNoSecrets(text, secrets);
  assert(status < 300 || status >= 400, `${status} is a redirect`);
  if (!isCacheable.test(path) && request.method !== 'OPTIONS')
    assert.equal(headers['cache-control'], 'no-store');
  if (status >= 400) assert.isBelow(text.length, maxErrorLength, 'the error answer is too large');
  if (request.method === 'HEAD') assert.equal(text, '');
  const where = isRefusedBeforeKoa(answer)
    ? { method: request.method, path: '/refused-before-koa' }
    : { method: request.method, path };
  const contentType = String(headers['content-type'] ?? '');
  contract.assertAnswer({ ...where, status, contentType, body: parse(answer) });
}
