import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

describe('The preload that sizes the thread pool', () => {
  let built: string;
  let folder: string;

  before(() => {
    // Compiled, as it ships: a loader of TypeScript may start the pool before the preload has sized it.
    built = mkdtempSync(path.join(os.tmpdir(), 'threads-'));
    const { status, stdout } = spawnSync(
      'node_modules/.bin/tsc',
      ['--project', 'tsconfig.build.json', '--outDir', built],
      { encoding: 'utf8' },
    );
    expect(status, stdout).to.equal(0);
  });
  after(() => rmSync(built, { recursive: true }));

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'threads-in-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What a program prints that is started in `folder` with the preload. */
  function print(expression: string, env: Record<string, string>): string {
    const args = ['--require', path.join(built, 'threads.cjs'), '--print', expression];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
    expect(stderr).to.equal('');
    return stdout.trim();
  }
  const size = (env: Record<string, string> = {}): number =>
    Number(print('process.env.UV_THREADPOOL_SIZE', env));
  const dotEnv = (text: string): void => writeFileSync(path.join(folder, '.env'), text);

  const usual = Math.max(4, os.availableParallelism() + 2);

  it('leaves two threads beside those that hash, and where nobody sets the size, at least the four of libuv', () => {
    expect(size()).to.equal(usual);
    expect(size({ HASH_CONCURRENCY: '40' })).to.equal(42);
    expect(size({ HASH_CONCURRENCY: '1' })).to.equal(4);
  });

  it('reads .env as the commands do: it counts where the environment says nothing', () => {
    dotEnv('HASH_CONCURRENCY=40');
    expect(size()).to.equal(42);
    expect(size({ HASH_CONCURRENCY: '50' })).to.equal(52);
    expect(size({ HASH_CONCURRENCY: '' })).to.equal(usual);
    dotEnv('HASH_CONCURRENCY=40\nUV_THREADPOOL_SIZE=60');
    expect(size()).to.equal(60);
  });

  it('takes nothing else from .env into the environment', () => {
    dotEnv('HASH_CONCURRENCY=40\nDATA_DIR=elsewhere');
    expect(print('[process.env.HASH_CONCURRENCY, process.env.DATA_DIR].join()', {})).to.equal(',');
  });

  it('keeps a larger UV_THREADPOOL_SIZE and raises one that hashing could fill', () => {
    expect(size({ UV_THREADPOOL_SIZE: '60', HASH_CONCURRENCY: '40' })).to.equal(60);
    expect(size({ UV_THREADPOOL_SIZE: '41', HASH_CONCURRENCY: '40' })).to.equal(42);
    expect(size({ UV_THREADPOOL_SIZE: 'many', HASH_CONCURRENCY: '40' })).to.equal(42);
  });

  it('leaves it to the command to complain of a .env that cannot be read', () => {
    mkdirSync(path.join(folder, '.env'));
    expect(size({ HASH_CONCURRENCY: '40' })).to.equal(42);
  });

  it('has sized the pool before anything starts it', function () {
    // Threads are counted where Linux lists them. Those that are not of the pool are as many in both processes.
    if (process.platform !== 'linux') this.skip();
    const threads = (): number => Number(print(`fs.readdirSync('/proc/self/task').length`, {}));
    dotEnv('HASH_CONCURRENCY=10');
    const few = threads();
    dotEnv('HASH_CONCURRENCY=40');
    expect(threads() - few).to.equal(30);
  });
});
