import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The IPv4 /24 or the IPv6 /48 of a network, or the network itself where there is no address. Providers assign a whole
 * block to one customer, who can then send from 256 addresses or from 65,536 networks.
 */
export function addressBlock(network: string): string {
  const [address = ''] = network.split('/');
  if (isIP(address) === 0) return network;
  const bytes = ipaddr.parse(address).toByteArray();
  return bytes.slice(0, bytes.length === 4 ? 3 : 6).join('.');
}
