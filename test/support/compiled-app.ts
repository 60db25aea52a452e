import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cache = join(root, 'node_modules/.cache/auth-service');
const inputs = ['app', 'migrations', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Milliseconds. What other runs may still use is younger. */
const maxAge = 86_400_000;

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

/** The same for the same sources, dependencies and Node.js. */
function fingerprint(): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of [...inputs, 'package-lock.json'].flatMap((name) => filesOf(join(root, name)))) {
    hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Makes a cached folder whole or not at all: another process may make the same one, or read it, at the same time. */
function make(folder: string, fill: (unfinished: string) => void): void {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    fill(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function removeOld(): void {
  for (const name of readdirSync(cache).filter((entry) => entry.startsWith('app-'))) {
    const folder = join(cache, name);
    if (statSync(folder).mtimeMs < Date.now() - maxAge) rmSync(folder, { recursive: true, force: true });
  }
}

function compile(folder: string): void {
  const tsc = join(root, 'node_modules/.bin/tsc');
  const args = [
    '-p',
    'tsconfig.build.json',
    '--singleThreaded',
    '--sourceMap',
    '--outDir',
    join(folder, 'dist'),
  ];
  const { status, stdout } = spawnSync(tsc, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the service does not compile:\n${stdout}`);
  // The data beside the sources, as the script `build` copies it.
  const isData = (path: string): boolean => !/\.c?ts$/.test(path);
  cpSync(join(root, 'app'), join(folder, 'dist'), { recursive: true, filter: isData });
  cpSync(join(root, 'migrations'), join(folder, 'migrations'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
}

let compiled: string | undefined;

/**
 * The folder in which the service lies as `npm run build` compiles it. A process that has no sources to transform starts
 * with a third of the CPU time. The folder is cached beside the installed packages until a source changes.
 */
export function compiledApp(): string {
  if (compiled) return compiled;
  const folder = join(cache, `app-${fingerprint()}`);
  if (!existsSync(folder)) {
    make(folder, compile);
    removeOld();
  }
  compiled = folder;
  return folder;
}

/** The address of a compiled module, for an import in a script of another process. */
export function compiledModule(source: string): string {
  return pathToFileURL(join(compiledApp(), source.replace(/^app/, 'dist').replace(/\.ts$/, '.js'))).href;
}

/**
 * An option of Node.js: V8 does not optimize WebAssembly. A test needs the embedded Postgres for a moment only, and
 * optimizing its code takes more CPU time than running it.
 */
const withoutWasmOptimizer = '--liftoff-only';

/** Arguments of Node.js that run the compiled service as `npm start` does, apart from how V8 compiles WebAssembly. */
export const runCompiledApp = (): readonly string[] => [
  withoutWasmOptimizer,
  '--require',
  join(compiledApp(), 'dist/threads.cjs'),
  join(compiledApp(), 'dist/main.js'),
];
