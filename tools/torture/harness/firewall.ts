import { execFileSync } from 'node:child_process';
import type { Cleanup } from './cleanup.ts';
import type { Wrap } from './process.ts';

export interface Firewall {
  /** The address under which processes behind the firewall are reached. */
  readonly address: string;
  /** Runs a command behind the firewall. */
  readonly wrap: Wrap;
  /** Forgets the connections to this port: from now on, their packets are dropped silently in both directions. */
  forgetConnections(port: number): number;
}

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });

/** The local ports of connections to this remote port. */
function connectedPorts(address: string, port: number): string[] {
  const list = execFileSync('ss', ['-Htn', 'state', 'established', 'dst', `${address}:${port}`], {
    encoding: 'utf8',
  });
  return [...list.matchAll(/:(\d+)\s+\S+:\d+\s*$/gm)].map(([, local = '']) => local);
}

/**
 * A network namespace that drops the packets of connections it does not know, as a firewall or NAT gateway does after
 * its idle timeout. Needs root. Routing rules drop the packets, so that no packet filter need be installed.
 */
export function createFirewall(cleanup: Cleanup): Firewall {
  const forgotten = new Set<string>();
  const name = `torture${process.pid}`;
  const [outer, inner] = [`tf${process.pid}a`, `tf${process.pid}b`];
  const [gateway, address] = ['198.18.77.1', '198.18.77.2'];
  const inside = (...args: readonly string[]): string => ip('netns', 'exec', name, 'ip', ...args);
  ip('netns', 'add', name);
  cleanup.add(() => void ip('netns', 'delete', name));
  ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name);
  ip('address', 'add', `${gateway}/30`, 'dev', outer);
  ip('link', 'set', outer, 'up');
  inside('address', 'add', `${address}/30`, 'dev', inner);
  inside('link', 'set', inner, 'up');
  inside('link', 'set', 'lo', 'up');
  // The rule for local addresses is the first one. It must come after those that drop packets.
  inside('rule', 'add', 'preference', '200', 'lookup', 'local');
  inside('rule', 'delete', 'preference', '0');
  return {
    address,
    wrap: (command) => ['ip', 'netns', 'exec', name, ...command],
    forgetConnections(port) {
      const ports = connectedPorts(address, port).filter((local) => !forgotten.has(local));
      for (const local of ports) {
        forgotten.add(local);
        for (const direction of ['sport', 'dport'])
          inside('rule', 'add', 'preference', '100', 'ipproto', 'tcp', direction, local, 'blackhole');
      }
      return ports.length;
    },
  };
}
