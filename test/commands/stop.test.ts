import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { initializedDataDir } from '../support/data-dir.ts';
import { type Running, start } from '../support/process.ts';
import { until } from '../support/until.ts';

/** Sends SIGTERM to the process itself in the next turn of its event loop after it reads METRICS_PORT. */
const signalAtConfiguration = `
  process.env = new Proxy(process.env, {
    get(target, name) {
      if (name === 'METRICS_PORT') setImmediate(() => process.kill(process.pid, 'SIGTERM'));
      return target[name];
    },
  });
`;

describe('A stop signal', function () {
  // Each test starts processes, some with an embedded Postgres.
  this.timeout(120_000);
  let dataDir: string;
  const running: Running[] = [];

  function launch(variables: Record<string, string> = {}): Running {
    const process = start([], { DATA_DIR: dataDir, PORT: '0', METRICS_PORT: '0', ...variables });
    running.push(process);
    return process;
  }

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'auth-stop-'));
  });
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.splice(0).map(({ ended }) => ended));
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function expectCleanEnd(service: Running): Promise<void> {
    expect(await service.ended, service.output()).to.equal(0);
    expect(service.output()).not.to.match(/ {4}at |"level":"(warn|error|fatal)"/);
  }

  it('is obeyed from the moment that the process reads its configuration', async () => {
    const preload = `--import=data:text/javascript,${encodeURIComponent(signalAtConfiguration)}`;
    await expectCleanEnd(launch({ NODE_OPTIONS: preload }));
  });

  it('is obeyed during the first start', async () => {
    const service = launch();
    await until(() => readdirSync(dataDir).length > 0, 60_000);
    service.child.kill('SIGTERM');
    await expectCleanEnd(service);
  });

  it('that cannot be handled leaves nothing that the next start does not cope with', async () => {
    const service = launch();
    // PGlite writes this file in the middle of the initialization of a new folder.
    await until(() => existsSync(join(dataDir, 'postgres', 'PG_VERSION')), 60_000);
    service.child.kill('SIGKILL');
    await service.ended;
    await launch().printed(/listens on/);
  });

  it('waits for the jobs that run at the start, so that they do not lose the stores', async () => {
    rmSync(dataDir, { recursive: true });
    dataDir = await initializedDataDir();
    const service = launch();
    await service.printed(/listens on/);
    service.child.kill('SIGTERM');
    await expectCleanEnd(service);
    expect(service.output()).to.contain('"event":"draining"').and.to.contain('"event":"stopped"');
  });
});
