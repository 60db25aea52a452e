import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { Logger } from 'pino';
import type { Secret } from '../../config/config.ts';

export interface EmbeddedPostgres {
  readonly url: Secret;
  close(): Promise<void>;
}

/**
 * A whole Postgres inside this process (PGlite), reached as any other is: over a socket, by the same client. The
 * socket lies in a folder that only this user may enter. One connection at a time: it is one backend, and the messages
 * of several clients would mix.
 * @param options.dataDir null keeps everything in memory
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string | null;
  maxConnections: number;
  log: Logger;
}): Promise<EmbeddedPostgres> {
  const { dataDir, maxConnections, log } = options;
  const db = await PGlite.create(dataDir ?? 'memory://');
  // Under the system's own folder for such: a socket's path may have at most 107 bytes.
  const folder = await mkdtemp(join(tmpdir(), 'auth-pg-'));
  const server = new PGLiteSocketServer({ db, path: join(folder, '.s.PGSQL.5432'), maxConnections });
  await server.start();
  log.debug({ dataDir, folder }, 'embedded Postgres started');
  return {
    url: () =>
      `postgresql://postgres@localhost:5432/postgres?sslmode=disable&host=${encodeURIComponent(folder)}`,
    async close() {
      await server.stop();
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
