import { BlockList, isIP } from 'node:net';

/** Address, length of the prefix and family of a text that `cidr` accepted. */
function parts(block: string) {
  const [address = '', prefix = ''] = block.split('/');
  return { address, prefix: Number(prefix), family: isIP(address) === 6 ? 'ipv6' : 'ipv4' } as const;
}

/** Whether every address of the block `inner` belongs to the block `outer`. */
export function containsBlock(outer: string, inner: string): boolean {
  const [wide, narrow] = [parts(outer), parts(inner)];
  if (wide.family !== narrow.family || narrow.prefix < wide.prefix) return false;
  const list = new BlockList();
  list.addSubnet(wide.address, wide.prefix, wide.family);
  return list.check(narrow.address, narrow.family);
}

/** Whether the block is as large as a network of a cloud, which is at most /16 of IPv4 and /56 of IPv6. */
export function isWholeNetwork(block: string): boolean {
  const { family, prefix } = parts(block);
  return prefix <= (family === 'ipv4' ? 16 : 56);
}
