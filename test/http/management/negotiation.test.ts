import { expect } from 'chai';
import { preferredType, prefersGzip } from '../../../app/http/management/negotiation.ts';

const plain = { name: 'text/plain', parameters: { version: '0.0.4', charset: 'utf-8' } } as const;
const newer = { name: 'text/plain', parameters: { version: '1.0.0', charset: 'utf-8' } } as const;
const open = {
  name: 'application/openmetrics-text',
  parameters: { version: '1.0.0', charset: 'utf-8' },
} as const;
const types = [plain, newer, open];
const preferred = (field: string) => preferredType(field, types, new Set(['escaping']));

describe('The media type that an Accept field prefers', () => {
  const cases: readonly [what: string, field: string, expected: (typeof types)[number] | null][] = [
    ['anything', '*/*', plain],
    ['a type in general', 'text/*', plain],
    ['a name without parameters', 'application/openmetrics-text', open],
    ['a name in capital letters', 'Application/OpenMetrics-Text; Version=1.0.0', open],
    ['a version', 'text/plain; version=1.0.0', newer],
    ['a quoted parameter', 'text/plain;version="1.0.0"', newer],
    ['an unknown version', 'application/openmetrics-text; version=0.0.1', null],
    ['an unknown parameter', 'text/plain; format=flowed', null],
    ['another charset', 'text/plain; charset=iso-8859-1', null],
    ['another type', 'application/json', null],
    ['nothing', '', null],
    ['the higher weight', 'text/plain;q=0.4, application/openmetrics-text;q=0.5', open],
    ['the higher weight, in another order', 'application/openmetrics-text;q=0.5,text/plain;q=0.6', plain],
    ['no weight before a weight', 'application/openmetrics-text;q=0.9, text/plain', plain],
    ['the precise name before a range', '*/*, application/openmetrics-text; version=1.0.0', open],
    ['equal names', 'application/openmetrics-text, text/plain', plain],
    ['a precise refusal', '*/*, text/plain;q=0', open],
    ['a precise refusal of one version', 'text/plain;q=0.8, text/plain;version=0.0.4;q=0', newer],
    ['a weight of zero', 'text/plain;q=0.000', null],
    ['a weight that is none', 'text/plain;q=high, application/openmetrics-text;q=0.1', open],
    ['a comma and a semicolon in quotes', 'text/html;x="a,b;c\\"", application/openmetrics-text', open],
    ['empty elements', ',, application/openmetrics-text ,,', open],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', plain],
    [
      'Prometheus 2',
      'application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      open,
    ],
    [
      'Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      open,
    ],
    [
      'Prometheus with native histograms',
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4',
      open,
    ],
    ['a scraper of the text format', 'text/plain;version=0.0.4;q=1,*/*;q=0.1', plain],
  ];
  for (const [what, field, expected] of cases) {
    it(`follows ${what}: ${field.slice(0, 60)}`, () => {
      expect(preferred(field)).to.equal(expected);
    });
  }

  it('takes no more time for a hostile field of 8 KiB than for a long list', () => {
    for (const part of [',', ';', '"', '"\\', 'a/b;q=', '\\"', '*/*,', 'a="']) {
      expect(() => preferred(part.repeat(8_192 / part.length))).not.to.throw();
    }
  });
});

describe('gzip', () => {
  for (const field of [
    'gzip',
    'GZIP',
    'deflate, gzip;q=0.1',
    'x-gzip',
    '*',
    'gzip, identity',
    'br;q=1, *;q=0.1',
  ])
    it(`is preferred by ${field}`, () => {
      expect(prefersGzip(field)).to.equal(true);
    });
  for (const field of [
    '',
    'identity',
    'br',
    'gzip;q=0',
    '*;q=0',
    '*, gzip;q=0',
    'gzip;q=0.4, identity;q=0.5',
  ])
    it(`is not preferred by ${field || 'an absent field'}`, () => {
      expect(prefersGzip(field)).to.equal(false);
    });
});
