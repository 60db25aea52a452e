import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { start } from '../support/process.ts';

describe('The executable', () => {
  async function run(args: readonly string[], variables: Record<string, string> = {}) {
    const running = start(args, variables);
    const streams = { out: '', err: '' };
    running.child.stdout?.on('data', (chunk) => {
      streams.out += chunk;
    });
    running.child.stderr?.on('data', (chunk) => {
      streams.err += chunk;
    });
    return { status: await running.ended, ...streams };
  }

  it('shows help on standard output with status 0', async () => {
    const { err, out, status } = await run(['--help']);
    expect([status, err]).to.deep.equal([0, '']);
    expect(out).to.contain(
      'Exit status: 0 done, 1 failed, 2 the command line is wrong, 78 the configuration',
    );
  });

  it('ends with status 2 because of the command line, and leaves standard output empty', async () => {
    const { err, out, status } = await run(['srve']);
    expect([status, out]).to.deep.equal([2, '']);
    expect(err).to.contain("unknown command 'srve'");
  });

  it('ends with status 78 because of the configuration, and with --json says so in one document', async () => {
    const { err, out, status } = await run(['migrate', '--json'], { ENV: 'production' });
    expect(status).to.equal(78);
    expect(JSON.parse(out).error.code).to.equal('configuration');
    expect(JSON.parse(out).error.message).to.contain('DB_PRIMARY_DB_URL is required');
    expect(err).to.contain('DB_PRIMARY_DB_URL is required');
  });

  it('ends with status 1 because a command failed', async () => {
    const { out, status } = await run(['health', '--json'], { METRICS_PORT: '1', HOST: '127.0.0.1' });
    expect(status).to.equal(1);
    expect(JSON.parse(out).error.code).to.equal('failed');
  });

  it('ends `config check` with 78 because of a fault of the file .env, with one document on demand', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    try {
      writeFileSync(join(folder, '.env'), 'PORT=eighty\nMETRICS_PORT=9000\n');
      const running = start(['config', 'check', '--json'], { METRICS_PORT: '9001' }, undefined, folder);
      expect(await running.ended).to.equal(78);
      const document = JSON.parse(running.output());
      expect(document).to.deep.include({ command: 'serve', is_valid: false });
      expect(document.faults).to.have.length(1);
      expect(document.faults[0]).to.match(/^PORT must be/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
