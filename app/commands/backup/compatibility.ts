import { migrationFolder, readMigrations } from '../../store/postgres/migration-files.ts';
import type { Manifest } from './manifest.ts';

const major = (version: string): number => Number.parseInt(version, 10);

/** The newest major version of pg_restore whose output every supported server understands. */
const newestPortable = 16;

/**
 * @throws Error when this release does not know the schema of the backup, or other migrations made it
 */
export function checkSchema({ name, migrations }: Manifest, folder = migrationFolder): void {
  const known = new Map(readMigrations(folder).map((file) => [file.name, file.checksum]));
  const unknown = Object.keys(migrations).filter((migration) => !known.has(migration));
  if (unknown.length > 0) {
    const wayOut = 'Restore it with the release that made it, or a newer one';
    throw new Error(`the schema of ${name} is newer than this release: ${unknown.join(', ')}. ${wayOut}.`);
  }
  const changed = Object.entries(migrations).filter(([migration, sum]) => known.get(migration) !== sum);
  if (changed.length > 0) {
    const names = changed.map(([migration]) => migration).join(', ');
    throw new Error(`${name} was made by other migrations than those of this release: ${names}`);
  }
}

/**
 * A server accepts a dump of its own version and of older ones. From version 17 on, pg_restore sends settings that older
 * servers do not know.
 * @throws Error when the programs and the server do not fit
 */
export function checkVersions(
  { name, postgres_version, pg_dump_version }: Manifest,
  { server, restore }: { server: string; restore: string },
): void {
  if (major(server) < major(postgres_version)) {
    throw new Error(`${name} is of Postgres ${postgres_version}, which the server ${server} is older than`);
  }
  if (major(restore) < major(pg_dump_version)) {
    throw new Error(`pg_restore ${restore} is older than the pg_dump ${pg_dump_version} of ${name}`);
  }
  if (major(restore) > Math.max(newestPortable, major(server))) {
    const image = `docker build --target backup --build-arg POSTGRES_IMAGE=postgres:${major(server)}-bookworm`;
    throw new Error(
      `pg_restore ${restore} is newer than the server ${server}: use its own version (${image})`,
    );
  }
}
