import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../support/until.ts';
import { needDrillServers } from './support/drills/need-servers.ts';

/** Milliseconds. The drills compile the service and start several servers. */
const patience = 240_000;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended, or is one of another user.
    return '';
  }
}

/** The command lines of the processes that have the folder in it or in a variable, by process id. */
function processesOf(folder: string): Map<number, string> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.map(
    (pid) => [Number(pid), read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`)] as const,
  );
  return new Map(
    found
      .filter(([, line, variables]) => `${line}${variables}`.includes(folder))
      .map(([pid, line]) => [pid, line]),
  );
}

describe('An interrupted run of the drills', function () {
  this.timeout(600_000);
  let folder = '';
  let runner: ChildProcess;

  before(function () {
    needDrillServers(this);
    folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
    // Postgres runs as another user.
    chmodSync(folder, 0o755);
  });
  after(() => {
    if (folder === '') return;
    for (const pid of processesOf(folder).keys()) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('stops its processes and removes its files', async () => {
    const { HOME, PATH } = process.env;
    const file = 'test/deployments/alert-drills.deploy.ts';
    runner = spawn('node_modules/.bin/mocha', ['--extension', 'deploy.ts', file], {
      env: { HOME, PATH, TMPDIR: folder, DRILLS: 'tickets' },
      stdio: 'ignore',
    });
    const ended = once(runner, 'exit');
    const areRunning = (): boolean => {
      const lines = [...processesOf(folder).values()].join('\n');
      return ['postgres', 'prometheus', 'redis-server', 'main.js'].every((name) => lines.includes(name));
    };
    await until(areRunning, patience);
    runner.kill('SIGINT');
    expect((await ended)[0]).to.equal(130);
    await until(() => processesOf(folder).size === 0, patience);
    // tsx keeps its cache.
    expect(readdirSync(folder).filter((name) => !name.startsWith('tsx-'))).to.deep.equal([]);
  });
});
