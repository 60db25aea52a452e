import { spawnSync } from 'node:child_process';

/**
 * The path of a program. Where it is missing, the tests of the calling hook are skipped by name, and the reason is
 * printed.
 * @param from where the program comes from, for the reason: `the Debian package podman`
 */
export function need(context: Mocha.Context, program: string, from: string): string {
  const { stdout, status } = spawnSync('sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  process.stdout.write(`skipped, because ${program} is missing, which is in ${from}\n`);
  return context.skip();
}
