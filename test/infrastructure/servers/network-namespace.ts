import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

export type Family = 'IPv4' | 'IPv6';

/** Why this machine cannot create network namespaces, or null. */
export function whyNoNamespaces(): string | null {
  try {
    const name = `auth-probe-${process.pid}`;
    execFileSync('ip', ['netns', 'add', name], { stdio: 'pipe' });
    execFileSync('ip', ['netns', 'delete', name], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

/**
 * A network namespace (ip-netns(8)) whose only interface is a loopback of one family, with the smallest MTU that IPv6 allows.
 * A namespace has all ports for itself. It needs root.
 */
export function createNetworkNamespace(family: Family) {
  const name = `auth-${family.toLowerCase()}-${process.pid}`;
  execFileSync('ip', ['netns', 'add', name]);
  const inside = (file: string, ...args: string[]) => ['netns', 'exec', name, file, ...args];
  const shell = (script: string) => execFileSync('ip', inside('sh', '-c', script));
  shell('ip link set lo mtu 1280 up');
  if (family === 'IPv4') shell('echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6');
  else shell('ip address delete 127.0.0.1/8 dev lo');
  const children: ChildProcess[] = [];

  return {
    address: family === 'IPv4' ? '127.0.0.1' : '::1',
    /** As in a URL. */
    host: family === 'IPv4' ? '127.0.0.1' : '[::1]',

    /** Starts a program and waits until it has printed the pattern. @returns what it has printed so far */
    async start(
      command: readonly [string, ...string[]],
      ready: RegExp,
      env: Record<string, string> = {},
    ): Promise<() => string> {
      const child = spawn('ip', inside(...command), {
        cwd: '/',
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.push(child);
      let output = '';
      const isReady = new Promise<void>((resolve, reject) => {
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding('utf8').on('data', (chunk) => {
            output += chunk;
            if (ready.test(output)) resolve();
          });
        child.once('error', reject);
        child.once('exit', (status) => reject(new Error(`${command[0]} ended with ${status}:\n${output}`)));
      });
      await isReady;
      return () => output;
    },

    /** Runs a program to its end. @returns its standard output. @throws Error if its status is not 0 */
    async run(command: readonly [string, ...string[]], env: Record<string, string> = {}): Promise<string> {
      const options = { cwd: '/', env: { PATH: process.env.PATH, ...env } };
      return (await promisify(execFile)('ip', inside(...command), options)).stdout;
    },

    async close(): Promise<void> {
      for (const child of children.reverse()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      execFileSync('ip', ['netns', 'delete', name]);
    },
  };
}

export type NetworkNamespace = ReturnType<typeof createNetworkNamespace>;
