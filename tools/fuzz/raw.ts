import { assert } from 'chai';
import fc from 'fast-check';
import { assertHeaders, assertNoSecrets } from './response-checks.ts';

const pieces = [
  'GET /api/v1/users/me HTTP/1.1',
  'POST /api/v1/auth/login HTTP/1.1',
  'POST /api/v1/auth/login HTTP/1.0',
  'GET / HTTP/9.9',
  'CONNECT example.com:443 HTTP/1.1',
  'PRI * HTTP/2.0',
  'BREW /pot HTCPCP/1.0',
  'GET /\u00a0\u00ff HTTP/1.1',
  'Host: localhost',
  'Host: localhost',
  'Host:',
  'Content-Type: application/json',
  'Content-Length: 2',
  'Content-Length: 0',
  'Content-Length: -1',
  'Content-Length: 2, 3',
  'Content-Length: 99999999999999999999',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding : chunked',
  'Expect: 100-continue',
  'Expect: a miracle',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Connection: close',
  'X: a\0b',
  'X: \u007f\u00ff',
  ' folded: line',
  ': no name',
  'no colon',
  `Padding: ${'x'.repeat(20_000)}`,
  '{}',
  '2',
  '0',
  'ffffffffffffffff',
  '2;ext=\u0001',
  '',
  '',
];

/** Byte streams: heads, bodies and chunks in any order, with any line endings, and random bytes. */
export const rawBytes: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 10 }),
        fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'),
      )
      .map(([lines, end]) =>
        Buffer.from(`GET /api/v1/health HTTP/1.1${end}${lines.join(end)}${end}${end}`, 'latin1'),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 })
      .map((lines) => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)) },
);

function parseHead(head: string): { status: number; headers: Record<string, string> } {
  const [first = '', ...lines] = head.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  assert.isNotNaN(status, `not an HTTP answer: ${head.slice(0, 200)}`);
  const pairs = lines.map((line) => line.split(/: ?(.*)/s));
  return {
    status,
    headers: Object.fromEntries(pairs.map(([name = '', value = '']) => [name.toLowerCase(), value])),
  };
}

/**
 * The answer must be empty or a sequence of valid responses: a client may send several requests before invalid bytes.
 * @returns the status codes
 * @throws AssertionError
 */
export function checkRawResponse(answer: string): readonly number[] {
  const statuses: number[] = [];
  let rest = answer.replaceAll('HTTP/1.1 100 Continue\r\n\r\n', '');
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    assert.isAtLeast(end, 0, `the answer is incomplete: ${rest.slice(0, 200)}`);
    const { status, headers } = parseHead(rest.slice(0, end));
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    assert.lengthOf(body, length, 'the body is incomplete');
    assert.isBelow(status, 500, body);
    assertHeaders(headers, status);
    assertNoSecrets(body, []);
    if (status >= 400) assert.propertyVal(JSON.parse(body), 'status', status);
    statuses.push(status);
    rest = rest.slice(end + 4 + length);
  }
  return statuses;
}
