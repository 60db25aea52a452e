import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledApp, runCompiledApp } from './compiled-app.ts';

/** Starts the service once on a new folder and stops it: initializing a Postgres takes seconds of CPU time. */
async function initialize(dataDir: string): Promise<void> {
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

/** A new copy of a data folder as a first start leaves it. Cached beside the compiled service. */
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
