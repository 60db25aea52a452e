import fc from 'fast-check';
import { placeholder } from './placeholders.ts';
import { hostileText } from './text.ts';

export type Header = readonly [name: string, value: string];

/** Restricts text to what an HTTP client can send as a value; raw.ts sends the rest. */
function sendable(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}

const hostile = hostileText(8, 128, 4_096).map((text) => sendable(text).slice(0, 6_000));
const admin = placeholder('admin', 'access');
const user = placeholder('user', 'access');
const unsigned = 'eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiIxIn0.';

const authorization: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      'Bearer',
      'Bearer ',
      `bearer   ${user}`,
      `BEARER ${user}`,
      user,
      `Basic ${user}`,
      'Basic dXNlcjpwYXNz',
      `Bearer ${user} ${user}`,
      `Bearer ${user},Bearer ${admin}`,
      `Bearer ${user}=`,
      `Bearer ${placeholder('user', 'refresh')}`,
      `Bearer ${unsigned}`,
      `Bearer ${'A'.repeat(4_097)}`,
      `Bearer ${'a.'.repeat(2_000)}`,
    ),
  },
  { weight: 1, arbitrary: hostile.map((text) => `Bearer ${text}`) },
  { weight: 1, arbitrary: hostile },
);

const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'Content-Type': fc.constantFrom(
    'application/json; charset=utf-8',
    'application/problem+json',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/json;',
    '',
  ),
  'X-Forwarded-For': fc.constantFrom(
    '203.0.113.7',
    '2001:db8::1, 127.0.0.1',
    '::ffff:203.0.113.7',
    'unknown, 1.2.3.4:80',
    ',,,',
    '127.1',
    '0x7f.1',
    '999.1.1.1',
    `${'1.1.1.1,'.repeat(800)}2.2.2.2`,
  ),
  'X-Request-Id': fc.constantFrom('a-good-id', 'short', 'x'.repeat(129), '{"a":1}', '../../x'),
  Host: fc.constantFrom(
    '127.0.0.1:8000',
    'localhost',
    'evil.example',
    '',
    '[::1]:8000',
    'a:b:c',
    'local host',
    '.',
  ),
  'X-Forwarded-Host': fc.constant('evil.example'),
  Cookie: fc.constantFrom('__Host-device=', `__Host-device=${'A'.repeat(66)}`, '=;=;=', 'a=b; a=c', '%'),
  Origin: fc.constantFrom('null', 'https://evil.example', 'https://app.example.com', '%%%'),
  'Access-Control-Request-Method': fc.constantFrom('POST', 'BREW', ''),
  'Access-Control-Request-Headers': fc.constantFrom('authorization', '*', ',,,'),
  'Content-Encoding': fc.constantFrom('gzip', 'identity', 'br', 'deflate, gzip'),
  Accept: fc.constantFrom('text/html', '*/*;q=0', 'application/xml'),
  'Accept-Encoding': fc.constantFrom('gzip', 'identity;q=0', '*;q=0'),
  Expect: fc.constantFrom('100-continue', 'a miracle'),
  Upgrade: fc.constantFrom('websocket', 'h2c'),
  Range: fc.constantFrom('bytes=0-0', 'bytes=-1'),
  'If-None-Match': fc.constantFrom('*', '"x"'),
  'X-HTTP-Method-Override': fc.constantFrom('DELETE', 'BREW'),
  'User-Agent': fc.constantFrom('', 'x'.repeat(300), '\xff\xfe', '<script>'),
  Padding: fc.constant('x'.repeat(17_000)),
};

const odd: fc.Arbitrary<Header> = fc
  .constantFrom(...Object.keys(values))
  .chain((name) => fc.tuple(fc.constant(name), fc.oneof(values[name] ?? hostile, hostile)));

/** Mostly a token with sufficient rights: otherwise nearly every answer would be a 401. */
function authorizationFor(isOpen: boolean, isAdmin: boolean): fc.Arbitrary<string | undefined> {
  if (isOpen) return fc.option(authorization, { nil: undefined, freq: 8 });
  const right = fc.constant(`Bearer ${isAdmin ? admin : user}`);
  const other = fc.constantFrom(`Bearer ${isAdmin ? user : admin}`, undefined);
  return fc.oneof(
    { weight: 8, arbitrary: right },
    { weight: 2, arbitrary: other },
    { weight: 1, arbitrary: authorization },
  );
}

/** Header fields of a request: usually the required ones, sometimes unusual ones, or one of them twice. */
export function headersFor(target: {
  readonly isOpen: boolean;
  readonly isAdmin: boolean;
}): fc.Arbitrary<readonly Header[]> {
  return fc
    .record({
      token: authorizationFor(target.isOpen, target.isAdmin),
      isJson: fc.option(fc.constant(true), { freq: 20, nil: false }),
      host: fc.option(fc.constant('127.0.0.1'), { freq: 40 }),
      surplus: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 2, arbitrary: fc.array(odd, { maxLength: 3 }) },
      ),
    })
    .map(({ token, isJson, host, surplus }) => [
      ...(host === null ? [] : [['Host', host] as const]),
      ...(isJson ? [['Content-Type', 'application/json'] as const] : []),
      ...(token === undefined ? [] : [['Authorization', token] as const]),
      ...surplus,
    ]);
}
