import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import {
  addressPrefix,
  createAddressResolver,
  createClientAddress,
} from '../../../app/http/middleware/client-address.ts';

/** Resolves the address of a request from this peer with this header. */
function resolver(trustedProxies: readonly string[]) {
  const resolve = createAddressResolver(trustedProxies);
  return (remoteAddress: string, forwardedFor: string | undefined) => {
    const request = { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwardedFor } };
    // reason: the resolver reads nothing else of a request.
    return resolve(request as unknown as IncomingMessage);
  };
}

describe('Client address', () => {
  const address = createClientAddress(['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.7']);
  const cases: [title: string, remote: string | undefined, forwarded: string | undefined, client: string][] =
    [
      ['is the peer when nothing is forwarded', '203.0.113.9', undefined, '203.0.113.9'],
      ['ignores what an untrusted peer forwards', '203.0.113.9', '1.2.3.4', '203.0.113.9'],
      ['takes what a trusted proxy forwards', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
      ['ignores what the client wrote further left', '10.1.2.3', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
      [
        'walks through several trusted proxies',
        '10.1.2.3',
        '198.51.100.1, 192.0.2.7, 10.9.9.9',
        '198.51.100.1',
      ],
      ['stops at a malformed entry', '10.1.2.3', '198.51.100.1, junk', '10.1.2.3'],
      ['stops at an empty header', '10.1.2.3', '', '10.1.2.3'],
      ['takes the last trusted one when all are trusted', '10.1.2.3', '10.4.4.4', '10.4.4.4'],
      ['unmaps IPv4 in IPv6 peers', '::ffff:10.1.2.3', '::ffff:198.51.100.1', '198.51.100.1'],
      ['knows IPv6 proxies', '2001:db8:ffff::1', '2001:db8::5', '2001:db8::5'],
      ['does not take an address with a port for an address', '10.1.2.3', '198.51.100.1:4711', '10.1.2.3'],
      ['survives a connection that is gone', undefined, '198.51.100.1', 'unknown'],
    ];
  for (const [title, remote, forwarded, client] of cases) {
    it(title, () => expect(address(remote, forwarded)).to.equal(client));
  }

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
