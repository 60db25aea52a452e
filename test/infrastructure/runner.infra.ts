import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../support/until.ts';
import { runMocha } from './mocha-run.ts';

const neverEnds = 'test/infrastructure/fixtures/never-ends.ts';

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('The runner of the matrix', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'auth-runner-'));
    // The user of Postgres needs to reach the folder of its data.
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const pidFile = (...names: readonly string[]) => join(folder, ...names);
  const pidIn = (file: string): number => Number(readFileSync(file, 'utf8').split('\n')[0]);
  const childFile = () => pidFile('child.pid');

  it('ends a run and what its tests have started after the deadline, and the run has failed', async function () {
    this.timeout(60_000);
    const options = { files: [neverEnds], variables: { TMPDIR: folder }, folder, name: 'slow' };
    const { outcome } = await runMocha({ ...options, deadline: 10_000 });
    expect(outcome).to.deep.include({ failed: 1, failures: ['slow was ended after 10 seconds'] });
    await until(() => !isRunning(pidIn(childFile())));
  });

  it('ends a run whose tests have ended and left something open, and the run has failed', async function () {
    this.timeout(60_000);
    const files = ['test/infrastructure/fixtures/leaves-open.ts'];
    const options = { files, variables: {}, folder, name: 'open', deadline: 60_000, timeToEnd: 500 };
    const { outcome } = await runMocha(options);
    expect([outcome.passed, outcome.failed]).to.deep.equal([1, 1]);
    expect(outcome.failures[0]).to.contain('open did not end after its tests');
  });

  it('ends every process and removes every file when it is interrupted', async function () {
    this.timeout(120_000);
    const args = ['--import=tsx', 'test/infrastructure/run.ts', 'postgres-15', '--file', neverEnds];
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: folder };
    const runner = spawn(process.execPath, args, { env, stdio: 'ignore' });
    const exited = once(runner, 'exit');
    await until(() => existsSync(childFile()) && readFileSync(childFile(), 'utf8') !== '', 60_000);
    const data = readdirSync(folder).find((name) => name.startsWith('auth-test-pg-')) ?? '';
    const pids = [pidIn(childFile()), pidIn(pidFile(data, 'data', 'postmaster.pid'))];
    expect(pids.map(isRunning)).to.deep.equal([true, true]);
    runner.kill('SIGINT');
    expect((await exited)[0]).to.equal(130);
    await until(() => !pids.some(isRunning));
    // tsx keeps its cache.
    const left = readdirSync(folder).filter((name) => !name.startsWith('tsx-'));
    expect(left).to.deep.equal(['child.pid']);
  });
});
