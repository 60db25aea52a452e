import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ask } from '../../tools/torture/harness/client.ts';
import { freePort, waitFor } from '../../tools/torture/harness/process.ts';
import { startCountingProxy } from '../commands/verify/support/counting-proxy.ts';
import { type Running, start } from '../support/process.ts';
import { until } from '../support/until.ts';

describe('auth-service verify as a process, on the service as npm start runs it', function () {
  this.timeout(400_000);
  let folder: string;
  let service: Running;
  let url: string;
  const state = () => join(folder, 'state');
  const files = (): string[] => (existsSync(state()) ? readdirSync(state()) : []);
  const verify = (...args: string[]): Running =>
    start(['verify', url, '--state-dir', state(), ...args], { XDG_STATE_HOME: folder });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'verify-process-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    service = start([], { PORT: String(port), METRICS_PORT: 'off', DATA_DIR: join(folder, 'data') });
    await waitFor(
      'the service',
      async () => (await ask(url, 'GET /api/v1/health/ready')).status === 200,
      180_000,
    );
  });
  after(async () => {
    service?.child.kill('SIGTERM');
    await service?.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  /** What --cleanup reports. */
  async function cleanUp(): Promise<{ deleted: string[]; absent: string[]; left: unknown[] }> {
    const run = verify('--cleanup', '--json');
    expect(await run.ended, run.output()).to.equal(0);
    return JSON.parse(run.output());
  }

  it('passes, and leaves nothing', async () => {
    const run = verify();
    expect(await run.ended, run.output()).to.equal(0);
    expect(run.output()).to.match(/^Result: passed \(\d+ passed, 0 warnings, 0 failed, \d+ skipped\)$/m);
    expect(files()).to.deep.equal([]);
    process.stdout.write(`    ${run.output().trim().split('\n').at(-1)}\n`);
  });

  it('has the same exit status in each format, and writes one JSON document with -o json', async () => {
    for (const [format, begin] of [
      ['table', /^Network\n-------\n/],
      ['short', /^× \[version\]/],
      ['json', /^\{\n/],
      ['junit', /^<\?xml /],
    ] as const) {
      const run = verify('--expect-version', '0.0.1', '--only', 'version', '-o', format);
      expect(await run.ended, format).to.equal(1);
      expect(run.output(), format).to.match(begin);
      if (format === 'json') expect(JSON.parse(run.output()).status).to.equal('failed');
    }
  });

  it('ends with 2 for a wrong command line, and says why', async () => {
    for (const args of [
      ['--only', 'no-such-check'],
      ['--resolve', 'nowhere'],
      ['--wait', '1 minute'],
    ]) {
      const run = verify(...args);
      expect(await run.ended, args.join(' ')).to.equal(2);
      expect(run.output()).to.contain(args[1]);
    }
    const withoutUrl = start(['verify']);
    expect(await withoutUrl.ended).to.equal(2);
    expect(withoutUrl.output()).to.contain(`missing required argument 'url'`);
  });

  it('lists the checks without a URL', async () => {
    const run = start(['verify', '--list']);
    expect(await run.ended).to.equal(0);
    expect(run.output()).to.contain('refresh-replay: A used refresh token is refused');
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`deletes its account after ${signal}, and ends with 1`, async () => {
      const run = verify('-o', 'json');
      await until(() => files().length > 0);
      run.child.kill(signal);
      expect(await run.ended, run.output()).to.equal(1);
      const { checks, leftover_account } = JSON.parse(run.output());
      expect(leftover_account).to.equal(null);
      expect(checks.at(-1).message).to.equal('The run was interrupted');
      expect(files()).to.deep.equal([]);
    });

  it('leaves an account when it is killed, which --cleanup deletes', async () => {
    const proxy = await startCountingProxy(Number(new URL(url).port));
    const direct = url;
    url = proxy.url;
    try {
      // The run waits for an answer after its registration and login, so that it is not killed too late.
      proxy.hold('/api/v1/users/me');
      const run = verify();
      await until(() => files().length > 0);
      run.child.kill('SIGKILL');
      await run.ended;
      expect(files()).to.have.length(1);
      proxy.hold(null);
      const { absent, deleted, left } = await cleanUp();
      expect([...deleted, ...absent]).to.have.length(1);
      expect(left).to.deep.equal([]);
      expect(files()).to.deep.equal([]);
      expect(await cleanUp()).to.deep.equal({ deleted: [], absent: [], left: [] });
    } finally {
      url = direct;
      await proxy.close();
    }
  });

  it('waits until the service answers', async () => {
    const port = await freePort();
    const later = start([
      'verify',
      `http://127.0.0.1:${port}`,
      '--read-only',
      '--wait',
      '60s',
      '-o',
      'short',
    ]);
    const second = start([], {
      PORT: String(port),
      METRICS_PORT: 'off',
      DATA_DIR: join(folder, 'second'),
    });
    expect(await later.ended, later.output()).to.equal(0);
    second.child.kill('SIGTERM');
    await second.ended;
  });
});
