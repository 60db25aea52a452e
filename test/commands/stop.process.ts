import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { start } from '../support/process.ts';

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
  // test/processes/first-start.process.ts sends one to a process that initializes its stores, and to a complete one.
  this.timeout(60_000);
  let dataDir: string;
  before(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'auth-stop-'));
  });
  after(() => rmSync(dataDir, { recursive: true, force: true }));

  it('is obeyed from the moment that the process reads its configuration', async () => {
    const preload = `--import=data:text/javascript,${encodeURIComponent(signalAtConfiguration)}`;
    const variables = { DATA_DIR: dataDir, PORT: '0', METRICS_PORT: '0', NODE_OPTIONS: preload };
    const service = start([], variables);
    try {
      expect(await service.ended, service.output()).to.equal(0);
      expect(service.output()).not.to.match(/ {4}at |"level":"(warn|error|fatal)"/);
    } finally {
      service.child.kill('SIGKILL');
    }
  });
});
