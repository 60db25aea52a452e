import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { compiledApp, runCompiledApp } from './compiled-app.ts';
import { emptyCluster } from './empty-cluster.ts';

/** Starts the service once on a folder with an empty Postgres and stops it. */
async function initialize(dataDir: string): Promise<void> {
  const postgres = await PGlite.create(join(dataDir, 'postgres'), { loadDataDir: await emptyCluster() });
  await postgres.close();
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, DATA_DIR: dataDir, PORT: '0', METRICS_PORT: '0' };
  const service = spawn(process.execPath, runCompiledApp(), { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(service, 'close');
  let output = '';
  service.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
    if (/listens on/.test(output)) service.kill('SIGTERM');
  });
  const [status] = await ended;
  if (status !== 0) throw new Error(`the service cannot initialize a data folder:\n${output}`);
}

/** A new copy of a data folder with the current schema, keys and no users. Cached beside the compiled service. */
export async function initializedDataDir(): Promise<string> {
  const cached = join(compiledApp(), 'data');
  if (!existsSync(cached)) {
    // Whole or not at all, because another process may make it at the same time.
    const unfinished = mkdtempSync(`${cached}.`);
    await initialize(unfinished);
    if (existsSync(cached)) rmSync(unfinished, { recursive: true });
    else renameSync(unfinished, cached);
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'auth-data-'));
  cpSync(cached, dataDir, { recursive: true });
  return dataDir;
}
