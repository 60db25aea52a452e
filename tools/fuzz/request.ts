import fc from 'fast-check';
import { bodyOf, parameter } from './body.ts';
import type { Operation } from './document.ts';
import { type Header, headersFor } from './headers.ts';
import { garbageBody } from './json.ts';
import { hostileText, troublesomeText } from './text.ts';

/** A request with placeholders; see placeholders.ts. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: Buffer | null;
}

/** Escapes text for a request target, or leaves its percent signs unescaped. */
function targetText(text: string, isRaw: boolean): string {
  const escaped = encodeURIComponent(text.toWellFormed()).replaceAll('%40%40', '@@');
  if (!isRaw) return escaped;
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[^\x21-\x7e\x80-\xff]|[#?/]/g, '%');
}

const fragment = fc
  .tuple(hostileText(32, 100, 254), fc.boolean())
  .map(([text, isRaw]) => targetText(text, isRaw));
const queryText = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`;

function pathOf({ path, parameters }: Operation): fc.Arbitrary<string> {
  const inPath = parameters.filter((each) => each.in === 'path');
  const values = inPath.map(({ name, schema }) =>
    fc.tuple(parameter(schema, name), fc.nat(9)).map(([text, die]) => targetText(text, die === 0) || '%'),
  );
  return fc
    .tuple(...values)
    .map((texts) =>
      inPath.reduce((filled, { name }, at) => filled.replace(`{${name}}`, texts[at] ?? ''), path),
    );
}

function queryOf({ parameters }: Operation): fc.Arbitrary<string> {
  const known = parameters
    .filter((each) => each.in === 'query')
    .map(({ name, schema }) =>
      parameter(schema, name).map((text) => [name, targetText(text, false)] as const),
    );
  const unknown = fc
    .tuple(troublesomeText, fragment)
    .map(([name, value]) => [targetText(name, false), value] as const);
  const pair =
    known.length === 0
      ? unknown
      : fc.oneof({ weight: 6, arbitrary: fc.oneof(...known) }, { weight: 1, arbitrary: unknown });
  const usual = known.length > 0 ? 2 : 20;
  return fc.oneof(
    { weight: usual, arbitrary: fc.constant('') },
    { weight: 2, arbitrary: fc.array(pair, { minLength: 1, maxLength: 3 }).map(queryText) },
    { weight: 1, arbitrary: fragment.map((text) => `?${text.slice(0, 9_000)}`) },
  );
}

function payloadOf({ body }: Operation): fc.Arbitrary<Buffer | null> {
  if (body)
    return fc.oneof({ weight: 15, arbitrary: bodyOf(body) }, { weight: 1, arbitrary: fc.constant(null) });
  return fc.option(garbageBody, { nil: null, freq: 10 }).map((bytes) => bytes);
}

/** Requests for one endpoint: valid, nearly valid and garbage. */
export function requestFor(operation: Operation): fc.Arbitrary<FuzzRequest> {
  const isAdmin = operation.path.startsWith('/api/v1/admin/');
  return fc
    .record({
      path: pathOf(operation),
      query: queryOf(operation),
      headers: headersFor({ isOpen: operation.isOpen, isAdmin }),
      body: payloadOf(operation),
      method: fc.oneof(
        { weight: 30, arbitrary: fc.constant(operation.method) },
        { weight: 1, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') },
      ),
    })
    .map(({ path, query, ...rest }) => ({ ...rest, path: path + query }));
}

const strangePath = fc.oneof(
  fragment.map((text) => `/${text.slice(0, 9_000)}`),
  fc.constantFrom(
    '/',
    '//',
    '//evil.example/api/v1/users/me',
    '/api/v1/users/me/',
    '/api/v1/../v1/users/me',
    '/api/v1/%2e%2e/users/me',
    '/API/V1/USERS/ME',
    '/api/v1/docs/..%2f..%2fpackage.json',
    '/api/v1/docs/%00',
    '/api/v1/openapi.json',
    '/api/v1/docs',
    '/.git/config',
    '/.env',
    '/metrics',
    'http://127.0.0.1/api/v1/users/me',
    'http://[/x',
    'http://a:b:c/',
    'https://:99999/',
    '*',
  ),
);
const strangeMethod = fc.constantFrom(
  ...[
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'M-SEARCH',
    'SEARCH',
    'BREW',
  ],
);

/** Requests for paths without an endpoint. */
export const unknownPathRequest: fc.Arbitrary<FuzzRequest> = fc.record({
  path: strangePath,
  method: strangeMethod,
  headers: headersFor({ isOpen: false, isAdmin: false }),
  body: fc.option(garbageBody, { nil: null, freq: 3 }).map((bytes) => bytes),
});
