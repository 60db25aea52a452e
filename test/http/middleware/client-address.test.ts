import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import {
  addressPrefix,
  createAddressResolver,
  createClientAddress,
} from '../../../app/http/middleware/client-address.ts';

/** Resolves the address of a request from this peer with this header. */
function resolver(trustedProxies: readonly string[]) {
  const resolve = createAddressResolver({ trustedProxies, clientIpHeader: 'x-forwarded-for' });
  return (remoteAddress: string, forwardedFor: string | undefined) => {
    const request = { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwardedFor } };
    // reason: the resolver reads nothing else of a request.
    return resolve(request as unknown as IncomingMessage);
  };
}

type Case = [title: string, remote: string | undefined, field: string | undefined, client: string];

const proxies = ['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.7'];

function itFindsClients(header: string, cases: readonly Case[]): void {
  const address = createClientAddress(proxies, header);
  for (const [title, remote, field, client] of cases) {
    it(title, () => expect(address(remote, field)).to.equal(client));
  }
}

describe('Client address', () => {
  itFindsClients('x-forwarded-for', [
    ['is the peer when nothing is forwarded', '203.0.113.9', undefined, '203.0.113.9'],
    ['ignores what an untrusted peer forwards', '203.0.113.9', '1.2.3.4', '203.0.113.9'],
    ['takes what a trusted proxy forwards', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['ignores what the client wrote further left', '10.1.2.3', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
    ['walks through trusted proxies', '10.1.2.3', '198.51.100.1, 192.0.2.7, 10.9.9.9', '198.51.100.1'],
    ['stops at an empty header', '10.1.2.3', '', '10.1.2.3'],
    ['takes the last trusted one when all are trusted', '10.1.2.3', '10.4.4.4', '10.4.4.4'],
    ['unmaps IPv4 in IPv6', '::ffff:10.1.2.3', '::ffff:198.51.100.1', '198.51.100.1'],
    ['knows IPv6 proxies', '2001:db8:ffff::1', '2001:db8::5', '2001:db8::5'],
    ['survives a connection that is gone', undefined, '198.51.100.1', 'unknown'],
    ['understands a port', '10.1.2.3', '6.6.6.6:1, 198.51.100.1:4711', '198.51.100.1'],
    ['understands brackets and a port', '10.1.2.3', '[2001:db8::1]:443', '2001:db8::1'],
    ['understands brackets without a port', '10.1.2.3', '[2001:db8::1]', '2001:db8::1'],
    ['unmaps IPv4 in brackets', '10.1.2.3', '[::ffff:198.51.100.1]:443', '198.51.100.1'],
    ['walks through proxies with ports', '10.1.2.3', '198.51.100.1:1, 10.9.9.9:2', '198.51.100.1'],
    ['drops the zone of an address', '10.1.2.3', 'fe80::1%eth0', 'fe80::1'],
    ['drops the zone in brackets', '10.1.2.3', '[fe80::1%25]:443', 'fe80::1'],
    ['drops the zone of a peer', 'fe80::1%eth0', undefined, 'fe80::1'],
  ]);

  const malformed = [
    'junk',
    'unknown',
    '_hidden',
    '_hidden:4711',
    '"198.51.100.1"',
    'for=198.51.100.1',
    '198.51.100.1:',
    '198.51.100.1:x',
    '198.51.100.1:123456',
    '198.51.100.1 10.9.9.9',
    '[198.51.100.1]:443',
    '[2001:db8::1',
    '2001:db8::1]:443',
    '[2001:db8::1]443',
    '[]:443',
    ':443',
    '198.51.100.1%eth0',
    '127.1',
    '010.0.0.1',
    '0x7f000001',
    '3325256705',
    '198.51.100.256',
    'localhost',
    '::ffff:198.51.100.1:443',
  ];
  it('stops at an entry that is no address, and takes nothing further left', () => {
    const address = createClientAddress(proxies, 'x-forwarded-for');
    for (const entry of malformed) {
      const found = [
        address('10.1.2.3', `6.6.6.6, ${entry}`),
        address('10.1.2.3', `6.6.6.6, ${entry}, 10.9.9.9`),
      ];
      expect([entry, ...found]).to.deep.equal([entry, '10.1.2.3', '10.9.9.9']);
    }
  });

  it('counts IPv6 by its /64 and IPv4 by itself', () => {
    expect(addressPrefix('2001:db8:1:2:3:4:5:6')).to.equal(addressPrefix('2001:db8:1:2:ffff::1'));
    expect(addressPrefix('2001:db8:1:2::1')).not.to.equal(addressPrefix('2001:db8:1:3::1'));
    expect(addressPrefix('198.51.100.1')).to.equal('198.51.100.1');
    expect(addressPrefix('::ffff:198.51.100.1')).to.equal('198.51.100.1');
    expect(addressPrefix('64:ff9b::198.51.100.1')).not.to.equal(addressPrefix('64:ff9b::198.51.100.2'));
    expect(addressPrefix('unknown')).to.equal('unknown');
  });

  it('is the same when it is remembered, and another for another proxy or header', () => {
    const placeOf = resolver(['10.0.0.0/8']);
    const first = placeOf('10.1.2.3', '2001:db8:1:2::7');
    expect(first).to.deep.equal({ ip: '2001:db8:1:2::7', network: '2001:db8:1:2::/64' });
    expect(placeOf('10.1.2.3', '2001:db8:1:2::7')).to.equal(first);
    expect(placeOf('203.0.113.9', '2001:db8:1:2::7').ip).to.equal('203.0.113.9');
    expect(placeOf('10.1.2.3', undefined).ip).to.equal('10.1.2.3');
  });

  it('remembers no header of any length, and no more than so many', () => {
    const placeOf = resolver(['10.0.0.0/8']);
    const long = `${'x'.repeat(300)}, 198.51.100.1`;
    expect(placeOf('10.1.2.3', long)).to.deep.equal({ ip: '198.51.100.1', network: '198.51.100.1' });
    expect(placeOf('10.1.2.3', long)).not.to.equal(placeOf('10.1.2.3', long));
    const first = placeOf('10.1.2.3', '192.0.2.1');
    for (let n = 0; n < 10_000; n += 1) placeOf('10.1.2.3', `fd00::${n.toString(16)}`);
    const again = placeOf('10.1.2.3', '192.0.2.1');
    expect(again).to.deep.equal(first);
    expect(again).not.to.equal(first);
  });
});

describe('Client address in Forwarded (RFC 7239)', () => {
  itFindsClients('forwarded', [
    ['takes what a trusted proxy forwards', '10.1.2.3', 'for=198.51.100.1', '198.51.100.1'],
    ['ignores what an untrusted peer forwards', '203.0.113.9', 'for=1.2.3.4', '203.0.113.9'],
    ['ignores what the client wrote', '10.1.2.3', 'for=6.6.6.6, for=198.51.100.1', '198.51.100.1'],
    ['walks through trusted proxies', '10.1.2.3', 'for=198.51.100.1,for=10.9.9.9', '198.51.100.1'],
    ['reads quoted IPv6 with a port', '10.1.2.3', 'For="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
    ['reads quoted IPv4 with a port', '10.1.2.3', 'for="198.51.100.1:4711"', '198.51.100.1'],
    ['reads obfuscated ports', '10.1.2.3', 'for="198.51.100.1:_Gx-1.z"', '198.51.100.1'],
    ['reads escapes in quotes', '10.1.2.3', 'for="198\\.51.100.1"', '198.51.100.1'],
    [
      'reads other parameters',
      '10.1.2.3',
      'for=6.6.6.6;by=_a, by=203.0.113.43;FOR=198.51.100.1;proto=https;host="a,b;for=6.6.6.6"',
      '198.51.100.1',
    ],
    ['allows spaces and empty parameters', '10.1.2.3', ' for=198.51.100.1 ; proto=http; ', '198.51.100.1'],
    ['stops at unknown', '10.1.2.3', 'for=6.6.6.6, for=unknown', '10.1.2.3'],
    ['stops at an obfuscated identifier', '10.1.2.3', 'for=6.6.6.6, for="_hidden"', '10.1.2.3'],
    ['stops at an element without for', '10.1.2.3', 'for=6.6.6.6, proto=https', '10.1.2.3'],
    ['stops at two for in one element', '10.1.2.3', 'for=6.6.6.6, for=1.1.1.1;for=2.2.2.2', '10.1.2.3'],
    ['stops at an empty element', '10.1.2.3', 'for=6.6.6.6,', '10.1.2.3'],
    ['stops at IPv6 without quotes', '10.1.2.3', 'for=6.6.6.6, for=2001:db8::1', '10.1.2.3'],
    ['stops at an address without for=', '10.1.2.3', 'for=6.6.6.6, 198.51.100.1', '10.1.2.3'],
    ['stops at spaces around =', '10.1.2.3', 'for=6.6.6.6, for = 198.51.100.1', '10.1.2.3'],
    [
      'is not deceived by an open quotation mark',
      '10.1.2.3',
      'for="6.6.6.6, for=198.51.100.1',
      '198.51.100.1',
    ],
    ['nor by one before quotes', '10.1.2.3', 'for=", for="[2001:db8::1]:1"', '2001:db8::1'],
    ['nor by an escape', '10.1.2.3', 'for="\\", for="[2001:db8::1]:1"', '2001:db8::1'],
    ['does not take X-Forwarded-For', '10.1.2.3', '198.51.100.1', '10.1.2.3'],
  ]);

  it('reads a hostile field of 16 KiB in little time', () => {
    const address = createClientAddress(proxies, 'forwarded');
    // Times are not measured: a quadratic search over these would exceed the timeout of the test.
    for (const part of [',', '",', 'a="b",', ';', 'for=10.0.0.1,', 'a=",;"\\', ' ']) {
      const field = part.repeat(16_384 / part.length);
      for (let n = 0; n < 20; n += 1) expect(address('10.1.2.3', field)).to.match(/^10\./);
    }
  });
});

describe('Client address in a header of its own', () => {
  const cases: readonly Case[] = [
    ['is the peer when nothing is forwarded', '10.1.2.3', undefined, '10.1.2.3'],
    ['ignores what an untrusted peer forwards', '203.0.113.9', '1.2.3.4', '203.0.113.9'],
    ['takes what a trusted proxy forwards', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['takes IPv6', '10.1.2.3', '2001:db8::1', '2001:db8::1'],
    ['takes a port', '10.1.2.3', '198.51.100.1:4711', '198.51.100.1'],
    ['takes brackets and a port', '10.1.2.3', '[2001:db8::1]:443', '2001:db8::1'],
    ['takes an address of the proxies', '10.1.2.3', '10.4.4.4', '10.4.4.4'],
    ['refuses a list, also of repeated fields', '10.1.2.3', '6.6.6.6, 198.51.100.1', '10.1.2.3'],
    ['refuses anything else', '10.1.2.3', 'unknown', '10.1.2.3'],
  ];
  for (const header of ['cf-connecting-ip', 'true-client-ip', 'fly-client-ip', 'x-real-ip']) {
    describe(header, () => itFindsClients(header, cases));
  }

  describe('cloudfront-viewer-address', () =>
    itFindsClients('cloudfront-viewer-address', [
      ['has a port', '10.1.2.3', '198.51.100.10:46532', '198.51.100.10'],
      ['has a port after IPv6 without brackets', '10.1.2.3', '2001:db8::1:443', '2001:db8::1'],
      [
        'has a port after all of an IPv6 address',
        '10.1.2.3',
        '2001:db8:1:2:3:4:5:6:443',
        '2001:db8:1:2:3:4:5:6',
      ],
      ['refuses a list', '10.1.2.3', '6.6.6.6:1, 198.51.100.1:2', '10.1.2.3'],
    ]));
});
