import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

const isUnreachable = /proxy\.golang\.org|no such host|connection refused|i\/o timeout/;

/** Skips the tests of the calling hook by name if the proxy of Go modules does not offer a module. */
export function needModule(context: Mocha.Context, module: string, version: string): void {
  const { status } = spawnSync('go', ['mod', 'download', `${module}@${version}`], { cwd: tmpdir() });
  if (status === 0) return;
  process.stdout.write(`skipped, because the proxy of Go modules does not offer ${module} ${version}\n`);
  context.skip();
}

/** Builds a program of test/deployments/go. Skips the tests of the calling hook by name if its modules cannot be had. */
export function buildProgram(context: Mocha.Context, name: string, output: string): void {
  const { status, stderr } = spawnSync('go', ['build', '-mod=readonly', '-o', output, '.'], {
    cwd: `test/deployments/go/${name}`,
    encoding: 'utf8',
  });
  if (status === 0) return;
  if (!isUnreachable.test(stderr)) throw new Error(stderr);
  process.stdout.write('skipped, because the proxy of Go modules does not answer\n');
  context.skip();
}
