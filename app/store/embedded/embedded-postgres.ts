import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { Logger } from '../../observe/log.ts';

/**
 * Opens a data folder, and initializes it where there is none. A process that ends meanwhile leaves a folder that
 * PGlite can never open again. The marker beside the folder tells the next start to replace it: it contains no data yet.
 */
async function openDataDir(dataDir: string): Promise<PGlite> {
  const marker = `${dataDir}.incomplete`;
  if (existsSync(marker)) await rm(dataDir, { recursive: true, force: true });
  if (!existsSync(dataDir)) await writeFile(marker, '');
  const db = await PGlite.create(dataDir);
  await rm(marker, { force: true });
  return db;
}

/**
 * Postgres inside this process (PGlite). The same client reaches it over a socket, in a folder that only this user may
 * enter. Use one connection at a time: PGlite is one backend and would mix the messages of several clients.
 * @param options.dataDir null for a database in memory
 * @param options.content of a database in memory, as dumpDataDir of PGlite returns it. @default an empty database
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string | null;
  content?: Blob;
  maxConnections: number;
  log: Logger;
}) {
  const { dataDir, content: loadDataDir, maxConnections, log } = options;
  const inMemory = () => PGlite.create('memory://', loadDataDir ? { loadDataDir } : {});
  const db = await (dataDir === null ? inMemory() : openDataDir(dataDir));
  // In the system's folder for temporary files, because the path of a socket has at most 107 bytes.
  const folder = await mkdtemp(join(tmpdir(), 'auth-pg-'));
  const server = new PGLiteSocketServer({ db, path: join(folder, '.s.PGSQL.5432'), maxConnections });
  await server.start();
  log.debug({ dataDir, folder }, 'embedded Postgres started');
  return {
    url: () => `postgresql://postgres@localhost/postgres?sslmode=disable&host=${encodeURIComponent(folder)}`,
    async close(): Promise<void> {
      await server.stop();
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
