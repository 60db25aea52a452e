import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wrap } from './process.ts';

export interface HostsFile {
  /** Runs a command in a mount namespace of its own, where this file is /etc/hosts. Needs root. */
  readonly wrap: Wrap;
  /** From now on the host name resolves to this address. */
  set(address: string): void;
}

/** The name resolution of one process: `hostName` resolves to an address that can be changed while the process runs. */
export function createHostsFile(folder: string, name: string, hostName: string, address: string): HostsFile {
  const file = join(folder, `${name}.hosts`);
  // The file is written in place, because the mount would keep a replaced file.
  const set = (to: string): void => writeFileSync(file, `127.0.0.1 localhost\n${to} ${hostName}\n`);
  set(address);
  const script = `mount --bind ${file} /etc/hosts && exec "$@"`;
  return { set, wrap: (command) => ['unshare', '--mount', 'sh', '-c', script, 'sh', ...command] };
}
