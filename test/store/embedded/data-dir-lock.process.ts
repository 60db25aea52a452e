import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError } from '../../../app/config/config.ts';
import { lockDataDir } from '../../../app/store/embedded/data-dir-lock.ts';
import { compiledModule } from '../../support/compiled-app.ts';

/** Another process that tries to lock the folder, prints the result, and keeps running. */
async function startHolder(dir: string) {
  const script = `
    import { lockDataDir } from '${compiledModule('app/store/embedded/data-dir-lock.ts')}';
    try {
      await lockDataDir(${JSON.stringify(dir)});
      console.log('locked');
    } catch (error) {
      console.log(error.faults[0]);
    }
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  const [said] = await once(child.stdout, 'data');
  const kill = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return { said: String(said).trim(), pid: child.pid, kill };
}

describe('lock of DATA_DIR', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'lock-'));
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const lockAndRelease = async (folder = dir): Promise<void> => (await lockDataDir(folder))();

  async function refusedFor(pid: number | undefined): Promise<void> {
    const error = await lockDataDir(dir).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(ConfigError);
    expect((error as ConfigError).faults).to.deep.equal([`DATA_DIR is in use by process ${pid}`]);
  }

  it('makes the folder, which only its user may enter', async () => {
    const inner = join(dir, 'data');
    await lockAndRelease(inner);
    expect(statSync(inner).mode & 0o777).to.equal(0o700);
  });

  it('is refused to a second caller in the same process', async () => {
    const release = await lockDataDir(dir);
    await refusedFor(process.pid);
    release();
    await lockAndRelease();
  });

  it('is refused while another process has it, and free at once after that process was killed', async () => {
    const holder = await startHolder(dir);
    try {
      expect(holder.said).to.equal('locked');
      await refusedFor(holder.pid);
    } finally {
      await holder.kill();
    }
    await lockAndRelease();
  });

  it('goes to exactly one of several processes that start at the same time', async () => {
    const first = await startHolder(dir);
    await first.kill();
    const holders = await Promise.all(Array.from({ length: 4 }, () => startHolder(dir)));
    try {
      expect(holders.filter(({ said }) => said === 'locked')).to.have.lengthOf(1);
      const winner = holders.find(({ said }) => said === 'locked');
      const refusals = holders.filter((holder) => holder !== winner).map(({ said }) => said);
      expect(new Set(refusals)).to.deep.equal(new Set([`DATA_DIR is in use by process ${winner?.pid}`]));
    } finally {
      await Promise.all(holders.map(({ kill }) => kill()));
    }
  });

  it('is free although the file has the id of a running process', async () => {
    writeFileSync(join(dir, 'lock'), `${process.pid}\n`);
    await lockAndRelease();
  });

  it('is free although the file is empty', async () => {
    writeFileSync(join(dir, 'lock'), '');
    await lockAndRelease();
  });

  it('is refused without a process id if the file has the id of an ended process', async () => {
    const first = await startHolder(dir);
    await first.kill();
    const release = await lockDataDir(dir);
    writeFileSync(join(dir, 'lock'), `${first.pid}\n`);
    const error = await lockDataDir(dir).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(ConfigError).with.property('message').that.contains('by another process');
    release();
  });
});
