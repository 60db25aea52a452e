import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { readMachine } from '../app/cgroup.ts';

describe('readMachine', () => {
  const wholeMachine = { cpus: os.availableParallelism(), memoryBytes: os.totalmem() };
  let root: string;

  function write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), `${text}\n`);
    }
  }

  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'cgroup-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is the whole machine where there is no cgroup', () => {
    expect(readMachine(root)).to.deep.equal(wholeMachine);
  });

  it('reads the limits of cgroup v2, a fraction of a CPU included', () => {
    write({ 'cpu.max': '50000 100000', 'memory.max': '268435456' });
    expect(readMachine(root)).to.deep.equal({ cpus: 0.5, memoryBytes: 268_435_456 });
  });

  it('is the whole machine where cgroup v2 sets no limit', () => {
    write({ 'cpu.max': 'max 100000', 'memory.max': 'max' });
    expect(readMachine(root)).to.deep.equal(wholeMachine);
  });

  it('reads the limits of cgroup v1', () => {
    write({
      'cpu/cpu.cfs_quota_us': '25000',
      'cpu/cpu.cfs_period_us': '100000',
      'memory/memory.limit_in_bytes': '134217728',
    });
    expect(readMachine(root)).to.deep.equal({ cpus: 0.25, memoryBytes: 134_217_728 });
  });

  it('is the whole machine where cgroup v1 sets no limit', () => {
    write({
      'cpu/cpu.cfs_quota_us': '-1',
      'cpu/cpu.cfs_period_us': '100000',
      'memory/memory.limit_in_bytes': '9223372036854771712',
    });
    expect(readMachine(root)).to.deep.equal(wholeMachine);
  });

  it('is never more than the machine has', () => {
    write({ 'cpu.max': '100000000 1000', 'memory.max': String(os.totalmem() * 2) });
    expect(readMachine(root)).to.deep.equal(wholeMachine);
  });

  it('is the whole machine where the files are not understood', () => {
    write({ 'cpu.max': '', 'memory.max': 'much' });
    expect(readMachine(root)).to.deep.equal(wholeMachine);
  });

  it('reads the real cgroup by default', () => {
    const { cpus, memoryBytes } = readMachine();
    expect(cpus).to.be.greaterThan(0);
    expect(memoryBytes).to.be.greaterThan(0);
  });
});
