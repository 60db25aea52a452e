import { expect } from 'chai';
import {
  clientTypes,
  decodeBytes,
  decodeInstant,
  encodeParameter,
} from '../../../app/store/postgres/wire-format.ts';

describe('A parameter for Postgres', () => {
  const instant = new Date('2026-01-02T03:04:05.678Z');
  const values: readonly [value: unknown, text: string | null][] = [
    [Buffer.from([0, 92, 120, 255]), '\\x005c78ff'],
    [new Uint8Array([1]), '\\x01'],
    [instant, '2026-01-02T03:04:05.678Z'],
    [true, 'true'],
    [false, 'false'],
    [1.5, '1.5'],
    [9_007_199_254_740_993n, '9007199254740993'],
    ['\\x00 text', '\\x00 text'],
    [null, null],
  ];

  it('is text, and stays the same however often it is serialized', () => {
    for (const [value, text] of values) {
      const encoded = encodeParameter(value);
      expect(encoded).to.equal(text);
      for (const { serialize } of Object.values(clientTypes))
        expect(serialize(serialize(encoded))).to.equal(text);
    }
  });

  it('is refused if it has no such text', () => {
    for (const value of [[1], {}, Symbol('x')]) expect(() => encodeParameter(value)).to.throw(TypeError);
  });
});

describe('A result of Postgres', () => {
  it('has the same bytes in both formats of bytea_output', () => {
    const bytes = Buffer.from([0, 1, 39, 92, 120, 127, 128, 255, 65]);
    expect(decodeBytes('\\x0001275c787f80ff41')).to.deep.equal(bytes);
    expect(decodeBytes(`\\000\\001'\\\\x\\177\\200\\377A`)).to.deep.equal(bytes);
    expect(decodeBytes('')).to.deep.equal(Buffer.alloc(0));
    // The two bytes `\x` in the format `escape`.
    expect(decodeBytes('\\\\x')).to.deep.equal(Buffer.from('\\x'));
  });

  it('has a time in ISO format, whatever the time zone, and no other', () => {
    const instant = new Date('2026-01-02T03:04:05.678Z');
    expect(decodeInstant('2026-01-02 03:04:05.678+00')).to.deep.equal(instant);
    expect(decodeInstant('2026-01-02 08:49:05.678+05:45')).to.deep.equal(instant);
    expect(decodeInstant('2026-01-01 23:04:05.678123-04')).to.deep.equal(instant);
    for (const text of [
      '02.01.2026 03:04:05.678 UTC',
      '01/02/2026 03:04:05 UTC',
      'Fri Jan 02 03:04:05 2026 UTC',
    ])
      expect(() => decodeInstant(text), text).to.throw(/DateStyle/);
  });
});
