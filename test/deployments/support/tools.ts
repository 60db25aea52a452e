import { spawnSync } from 'node:child_process';
import { type PackageOnDemand, packageOnDemand } from '../../support/package-on-demand.ts';

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

/** The folder `node_modules` with a package of test/packages. Skips as `need` does where it cannot be installed. */
export function needPackage(context: Mocha.Context, name: PackageOnDemand): string {
  const modules = packageOnDemand(name);
  if (modules) return modules;
  process.stdout.write(`skipped, because the npm registry does not offer the package ${name}\n`);
  return context.skip();
}
