import type { IncomingHttpHeaders } from 'node:http';
import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import { checkIsJson, parseJson } from '../../../app/http/route/json.ts';

/** The detail of the refusal, or null if the headers are accepted. */
function refusalOf(headers: IncomingHttpHeaders): string | null {
  try {
    checkIsJson({ headers });
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'unsupported_media_type') throw error;
    return error.detail ?? '';
  }
}
const refusalOfType = (type: string) => refusalOf({ 'content-type': type });

describe('The headers of a JSON body', () => {
  const accepted = [
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=utf8',
    'application/json; charset="UTF-8"',
    'application/json; Charset=Utf-8',
    'application/json;',
    'application/json ; charset=utf-8 ;',
    ' application/json\t',
    'application/json; profile="https://example.com/a;b"',
    'application/json; odata.metadata=minimal; charset=utf-8',
    'application/vnd.api+json',
  ];
  for (const type of accepted) {
    it(`may say ${JSON.stringify(type)}`, () => expect(refusalOfType(type)).to.equal(null));
  }

  const otherTypes = [
    '',
    'json',
    'text/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=a',
    'application/jsonp',
    'application/xml+json+xml',
    // A browser sends a type that it reads as text/plain to any origin without asking first.
    'text/plain; application/json',
    'text/plain, application/json',
    'application/json, text/plain',
  ];
  for (const type of otherTypes) {
    it(`may not say ${JSON.stringify(type)}, and the answer names the type that may be sent`, () =>
      expect(refusalOfType(type)).to.match(/Content-Type: application\/json/));
  }

  for (const charset of ['utf-16', 'iso-8859-1', '"utf-7"', 'utf-8-sig']) {
    it(`may not name the charset ${charset}, and the answer says that JSON is UTF-8`, () =>
      expect(refusalOfType(`application/json; charset=${charset}`)).to.match(/UTF-8/));
  }

  it('may say Content-Encoding: identity, in any case, and no other coding', () => {
    const encoded = (encoding: string) =>
      refusalOf({ 'content-type': 'application/json', 'content-encoding': encoding });
    expect(encoded('Identity')).to.equal(null);
    for (const coding of ['gzip', 'br', 'identity, gzip']) {
      expect(encoded(coding)).to.match(/without Content-Encoding/);
    }
  });
});

describe('A JSON body', () => {
  it('may begin with a byte order mark, which is no part of it', () => {
    expect(parseJson(Buffer.from('\uFEFF{"a":"\uFEFF"}'))).to.deep.equal({ a: '\uFEFF' });
  });

  it('in UTF-16 or with a byte that is not UTF-8 is malformed', () => {
    const bodies = [Buffer.from('\uFEFF{}', 'utf16le'), Buffer.from([0x22, 0xff, 0x22])];
    for (const body of bodies) {
      expect(() => parseJson(body))
        .to.throw(AppError)
        .with.property('code', 'malformed_request');
    }
  });
});
