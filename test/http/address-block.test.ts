import { expect } from 'chai';
import { addressBlock } from '../../app/http/address-block.ts';

describe('An address block', () => {
  it('is the /24 of an IPv4 address and the /48 of an IPv6 network', () => {
    const same: [string, string][] = [
      ['203.0.113.1', '203.0.113.255'],
      ['2001:db8:1::/64', '2001:db8:1:ffff::/64'],
      ['2001:db8::/64', '2001:db8:0:1::/64'],
    ];
    for (const [one, other] of same) expect(addressBlock(one)).to.equal(addressBlock(other));
    const networks = ['203.0.113.1', '203.0.112.1', '2001:db8:1::/64', '2001:db8:2::/64', '::/64', 'unknown'];
    expect(new Set(networks.map(addressBlock))).to.have.property('size', networks.length);
  });
});
