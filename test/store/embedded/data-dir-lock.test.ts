import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError } from '../../../app/config/config.ts';
import { lockDataDir } from '../../../app/store/embedded/data-dir-lock.ts';

const lockModule = new URL('../../../app/store/embedded/data-dir-lock.ts', import.meta.url).href;

/** A process of its own that tries to lock the folder, says what came of it, and stays. */
async function startHolder(dir: string) {
  const script = `
    import { lockDataDir } from ${JSON.stringify(lockModule)};
    try {
      lockDataDir(${JSON.stringify(dir)});
      console.log('locked');
    } catch (error) {
      console.log(error.faults[0]);
    }
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', script]);
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

  it('makes the folder, and leaves nothing in it once it is released', () => {
    const inner = join(dir, 'data');
    lockDataDir(inner)();
    expect(readdirSync(inner)).to.deep.equal([]);
  });

  it('is refused to a second in the same process', () => {
    const release = lockDataDir(dir);
    expect(() => lockDataDir(dir)).to.throw(ConfigError, `DATA_DIR is in use by process ${process.pid}`);
    release();
    lockDataDir(dir)();
  });

  it('is refused while a living process holds it, and taken over at once when that was killed', async () => {
    const holder = await startHolder(dir);
    try {
      expect(holder.said).to.equal('locked');
      expect(() => lockDataDir(dir)).to.throw(ConfigError, `DATA_DIR is in use by process ${holder.pid}`);
    } finally {
      await holder.kill();
    }
    lockDataDir(dir)();
  });

  it('goes to exactly one of several that take it over at once', async () => {
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

  it('is taken over from a process whose number another has now', function () {
    if (process.platform !== 'linux') return this.skip();
    writeFileSync(join(dir, 'lock.7'), `${process.pid}\nan earlier boot 1\n`);
    const release = lockDataDir(dir);
    expect(readdirSync(dir)).to.deep.equal(['lock.8']);
    release();
  });

  it('is taken over from a file that says nothing', () => {
    writeFileSync(join(dir, 'lock.1'), '');
    lockDataDir(dir)();
  });
});
