import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

const packageFile = join(
  createRequire(import.meta.url).resolve('@electric-sql/pglite'),
  '../../package.json',
);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8'));
const folder = join(packageFile, '../../../.cache/auth-service');
const cached = join(folder, `pglite-${version}.tar`);

/**
 * The content of an initialized embedded Postgres without tables. PGlite takes seconds of CPU time to initialize one, so
 * the first run caches it beside the installed packages.
 */
export async function emptyCluster(): Promise<Blob> {
  if (!existsSync(cached)) {
    const db = await PGlite.create('memory://');
    const content = await db.dumpDataDir('none');
    await db.close();
    mkdirSync(folder, { recursive: true });
    // Another process may read the file at the same time, so it must not see a part of it.
    writeFileSync(`${cached}.${process.pid}`, Buffer.from(await content.arrayBuffer()));
    renameSync(`${cached}.${process.pid}`, cached);
  }
  return new Blob([readFileSync(cached)]);
}
