import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Running, start } from '../support/process.ts';
import { until } from '../support/until.ts';

describe('A stop signal', function () {
  // Both processes initialize an embedded Postgres.
  this.timeout(120_000);
  let dataDir: string;
  const running: Running[] = [];

  function launch(): Running {
    const process = start([], { DATA_DIR: dataDir, PORT: '0', METRICS_PORT: '0' });
    running.push(process);
    return process;
  }

  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'auth-stop-'));
  });
  after(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.splice(0).map(({ ended }) => ended));
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function expectCleanEnd(service: Running): Promise<void> {
    expect(await service.ended, service.output()).to.equal(0);
    expect(service.output()).not.to.match(/ {4}at |"level":"(warn|error|fatal)"/);
  }

  it('is obeyed during the first start, which leaves what a kill leaves, and once a start is complete', async () => {
    const interrupted = launch();
    // PGlite writes this file in the middle of the initialization of a new folder.
    const written = () =>
      statSync(join(dataDir, 'postgres', 'PG_VERSION'), { throwIfNoEntry: false })?.ctimeMs;
    await until(() => written() !== undefined, 60_000);
    // The next start sees it, whether a signal ends this process or a kill.
    expect(existsSync(join(dataDir, 'postgres.incomplete'))).to.equal(true);
    interrupted.child.kill('SIGTERM');
    await expectCleanEnd(interrupted);
    const left = written();

    const served = launch();
    await served.printed(/listens on/);
    served.child.kill('SIGTERM');
    // It waits for the jobs that run at the start, so that they do not lose the stores.
    await expectCleanEnd(served);
    expect(served.output()).to.contain('"event":"draining"').and.to.contain('"event":"stopped"');
    // It deleted what the interrupted process left, began again, and completed the folder.
    expect(written()).to.be.greaterThan(Number(left));
    expect(existsSync(join(dataDir, 'postgres.incomplete'))).to.equal(false);
  });
});
