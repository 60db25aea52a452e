import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { compiledApp } from './support/compiled-app.ts';

describe('The preload that sizes the thread pool', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'threads-in-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The output of a program that starts in `folder` with the preload. */
  function print(expression: string, env: Record<string, string>, addedNice = 0): string {
    // Compiled as in production: a TypeScript loader may start the pool before the preload sets its size.
    const preload = path.join(compiledApp(), 'dist/threads.cjs');
    const command = [process.execPath, '--require', preload, '--print', expression];
    const [program = '', ...args] = addedNice > 0 ? ['nice', '-n', `${addedNice}`, ...command] : command;
    const { stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
    expect(stderr).to.equal('');
    return stdout.trim();
  }
  const size = (env: Record<string, string> = {}): number =>
    Number(print('process.env.UV_THREADPOOL_SIZE', env));
  const dotEnv = (text: string): void => writeFileSync(path.join(folder, '.env'), text);

  const usual = Math.max(4, os.availableParallelism() + 2);

  it('adds two threads to those for hashing, and has at least the four of libuv by default', () => {
    expect(size()).to.equal(usual);
    expect(size({ HASH_CONCURRENCY: '40' })).to.equal(42);
    expect(size({ HASH_CONCURRENCY: '1' })).to.equal(4);
  });

  it('reads .env as the commands do: the environment takes precedence', () => {
    dotEnv('HASH_CONCURRENCY=40');
    expect(size()).to.equal(42);
    expect(size({ HASH_CONCURRENCY: '50' })).to.equal(52);
    expect(size({ HASH_CONCURRENCY: '' })).to.equal(usual);
    dotEnv('HASH_CONCURRENCY=40\nUV_THREADPOOL_SIZE=60');
    expect(size()).to.equal(60);
  });

  it('sets no other variable of .env in the environment', () => {
    dotEnv('HASH_CONCURRENCY=40\nDATA_DIR=elsewhere');
    expect(print('[process.env.HASH_CONCURRENCY, process.env.DATA_DIR].join()', {})).to.equal(',');
  });

  it('keeps a larger UV_THREADPOOL_SIZE and raises one that hashing could fill', () => {
    expect(size({ UV_THREADPOOL_SIZE: '60', HASH_CONCURRENCY: '40' })).to.equal(60);
    expect(size({ UV_THREADPOOL_SIZE: '41', HASH_CONCURRENCY: '40' })).to.equal(42);
    expect(size({ UV_THREADPOOL_SIZE: 'many', HASH_CONCURRENCY: '40' })).to.equal(42);
  });

  it('ignores a .env that cannot be read, which the command reports', () => {
    mkdirSync(path.join(folder, '.env'));
    expect(size({ HASH_CONCURRENCY: '40' })).to.equal(42);
  });

  it('sets the size before the pool starts', function () {
    // Linux lists the threads. Both processes have the same number of threads outside of the pool.
    if (process.platform !== 'linux') this.skip();
    const threads = (): number => Number(print(`fs.readdirSync('/proc/self/task').length`, {}));
    dotEnv('HASH_CONCURRENCY=10');
    const few = threads();
    dotEnv('HASH_CONCURRENCY=40');
    expect(threads() - few).to.equal(30);
  });

  for (const added of [0, 7, 17])
    it(`gives the threads of the pool a lower priority than the main thread, also in a process at nice +${added}`, function () {
      if (process.platform !== 'linux') this.skip();
      const nice = `fs.readdirSync('/proc/self/task').map((id) => os.getPriority(Number(id))).join()`;
      const priorities = print(nice, { HASH_CONCURRENCY: '10' }, added).split(',').map(Number);
      const usual = Math.min(os.getPriority() + added, 19);
      expect(priorities[0]).to.equal(usual);
      // The weights of the Linux scheduler, kernel/sched/core.c: 1,024 at nice 0, 335 at nice 5, the lowest at nice 19.
      const low = Math.min(usual + 5, 19);
      expect(priorities.filter((priority) => priority === low)).to.have.length.at.least(12);
    });
});
