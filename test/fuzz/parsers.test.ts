import { assert, expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { variable } from '../../app/config/entry.ts';
import { duration, type Format, hosts, integer, origins, proxies } from '../../app/config/format.ts';
import { type Reading, readVariable, realFiles } from '../../app/config/reader.ts';
import { AppError, type ErrorCode } from '../../app/errors.ts';
import { createDeviceTokens } from '../../app/features/devices/device-tokens.ts';
import {
  createMacKey,
  issueRefreshToken,
  parseRefreshToken,
} from '../../app/features/sessions/internal/refresh-token.ts';
import { addressPrefix, createClientAddress } from '../../app/http/middleware/client-address.ts';
import { CreatedKeyset, createCursors, HistoryKeyset, TextKeyset } from '../../app/http/route/cursor.ts';
import { validate } from '../../app/http/route/validate.ts';
import { runs, seed } from '../../tools/fuzz/settings.ts';
import { anyText, hostileText } from '../../tools/fuzz/text.ts';

const hostile = fc.oneof(hostileText(112, 254), anyText);
const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended(), hostile);

/** Fails unless `work` returns or throws what is documented. */
function refusesWith(code: ErrorCode, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    assert.instanceOf(error, AppError);
    assert.propertyVal(error, 'code', code);
  }
}

/** The cursor after a page that ends at this position; null would be the last page. */
function cursorOf(cursors: ReturnType<typeof createCursors>, next: unknown): string {
  return cursors.answer({ items: [], next }, () => null).meta.next_cursor ?? '';
}

const options = { seed, numRuns: Math.ceil(runs / 4) };

describe('Small parsers, given anything', () => {
  it('cursor: refuses with validation_failed or gives a keyset', () => {
    const cursor = fc.oneof(
      hostile,
      fc.jsonValue().map((value) => cursorOf(createCursors(z.unknown(), 'list'), value)),
      hostile.map((text) => Buffer.from(text).toString('base64url')),
    );
    const schemas = [HistoryKeyset, CreatedKeyset, TextKeyset] as readonly z.ZodType[];
    const property = fc.property(cursor, fc.constantFrom(...schemas), (text, schema) =>
      refusesWith('validation_failed', () => createCursors(schema, 'list').decode(text)),
    );
    fc.assert(property, options);
  });

  it('cursor: comes back as it went, for every keyset that a list can have', () => {
    const date = fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-01-01') });
    const property = fc.property(date, fc.uuid({ version: 4 }), (createdAt, id) => {
      const cursors = createCursors(CreatedKeyset, 'list');
      expect(cursors.decode(cursorOf(cursors, { createdAt, id }))).to.deep.equal({ createdAt, id });
    });
    fc.assert(property, options);
  });

  it('client address: is an address or "unknown", whatever X-Forwarded-For says', () => {
    const hops = fc.array(address, { maxLength: 5 }).map((each) => each.join(','));
    const of = createClientAddress(
      ['127.0.0.0/8', '10.0.0.0/8', '::ffff:192.168.0.0/112', 'fd00::/8'],
      'x-forwarded-for',
    );
    const property = fc.property(
      fc.option(address, { nil: undefined }),
      fc.option(hops, { nil: undefined }),
      (remote, forwarded) => {
        const found = of(remote, forwarded);
        if (found !== 'unknown') expect(found).to.match(/^[0-9a-f.:]+$/);
        expect(addressPrefix(found)).to.be.a('string');
      },
    );
    fc.assert(property, options);
  });

  it('client address: nothing further left counts once a hop is not trusted', () => {
    const of = createClientAddress(['10.0.0.0/8'], 'x-forwarded-for');
    const property = fc.property(fc.array(address, { maxLength: 5 }), (forged) => {
      expect(of('10.0.0.1', [...forged, '203.0.113.7'].join(','))).to.equal('203.0.113.7');
    });
    fc.assert(property, options);
  });

  it('client address: nothing in Forwarded further left counts once a hop is not trusted', () => {
    const of = createClientAddress(['10.0.0.0/8'], 'forwarded');
    const element = fc.oneof(
      address,
      fc.constantFrom('for="', 'for=6.6.6.6;x="', '\\"', 'for="\\', ';', '","'),
    );
    const property = fc.property(fc.array(element, { maxLength: 5 }), (forged) => {
      expect(of('10.0.0.1', [...forged, 'for=203.0.113.7'].join(','))).to.equal('203.0.113.7');
      const quoted = 'proto=https;for="[2001:db8::7]:4711"';
      expect(of('10.0.0.1', [...forged, quoted].join(', '))).to.equal('2001:db8::7');
    });
    fc.assert(property, options);
  });

  it('configuration: every duration and CIDR list is read or reported, without its value', () => {
    const text = fc.oneof(
      hostile,
      fc.stringMatching(/^\d{1,12}(ms|s|m|h|d)?$/),
      address.map((each) => `${each}/33`),
    );
    const property = fc.property(text, (value) => {
      const reading: Reading = {
        env: { D: value, C: value, O: value, H: value, I: value },
        environment: 'test',
        faults: [],
        files: realFiles,
        isDemanded: () => true,
        machine: { cpus: 1, hasCpuQuota: true, memoryBytes: 1 },
      };
      const read = <V>(name: string, format: Format<V>, fallback: string) =>
        readVariable(reading, variable(name, format, fallback).help(''));
      expect(read('D', duration('1ms', '30d'), '1s')).to.be.within(1, 30 * 86_400_000);
      expect(read('I', integer(0, 9), '1')).to.be.within(0, 9);
      createClientAddress(read('C', proxies, ''), 'x-forwarded-for');
      expect(read('O', origins, '[]')).to.be.an('array');
      expect(read('H', hosts, '')).to.be.an('array');
      for (const fault of reading.faults) expect(fault).to.match(/^[DCOHI] (?:must be|must )/);
    });
    fc.assert(property, options);
  });

  it('refresh token: is nothing or has the very form of one', () => {
    const property = fc.property(hostile, (text) => {
      const parsed = parseRefreshToken(text);
      if (parsed) expect(parsed.text).to.equal(text);
    });
    fc.assert(property, options);
  });

  it('refresh token: comes back as it was issued', () => {
    const key = createMacKey();
    const property = fc.property(fc.uuid(), fc.nat(2 ** 31), (sessionId, counter) => {
      const token = issueRefreshToken(sessionId, counter, key);
      expect(parseRefreshToken(token.text)).to.deep.equal(token);
    });
    fc.assert(property, options);
  });

  it('device token: nothing but an issued one is recognised', () => {
    const devices = createDeviceTokens(Buffer.alloc(32, 1));
    const account = { id: '00000000-0000-4000-8000-000000000001', deviceEpoch: 1 };
    const form = fc
      .stringMatching(/^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/)
      .map((rest) => `${account.id}.${rest}`);
    const property = fc.property(fc.oneof(hostile, form), (text) => {
      expect(devices.verify(text, account)).to.equal(null);
    });
    fc.assert(property, options);
    const issued = devices.issue(account);
    expect(devices.claimedUserId(issued)).to.equal(account.id);
    expect(devices.verify(issued, account)).to.be.a('string');
  });

  it('validation: refuses any value with validation_failed, naming no more than twenty fields', () => {
    const schema = z.strictObject({ a: z.string().max(3), b: z.array(z.int()).optional() });
    const property = fc.property(fc.anything({ withNullPrototype: true, maxDepth: 5 }), (value) => {
      try {
        validate(schema, value);
      } catch (error) {
        assert.instanceOf(error, AppError);
        expect(error.fields?.length).to.be.within(1, 20);
      }
    });
    fc.assert(property, options);
  });
});
