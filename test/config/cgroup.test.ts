import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { readMachine } from '../../app/config/cgroup.ts';

describe('readMachine', () => {
  const wholeMachine = { cpus: os.availableParallelism(), hasCpuQuota: false, memoryBytes: os.totalmem() };
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
    expect(readMachine(root)).to.deep.equal({ cpus: 0.5, hasCpuQuota: true, memoryBytes: 268_435_456 });
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
    expect(readMachine(root)).to.deep.equal({ cpus: 0.25, hasCpuQuota: true, memoryBytes: 134_217_728 });
  });

  it('is the whole machine where cgroup v1 sets no limit', () => {
    write({
      'cpu/cpu.cfs_quota_us': '-1',
      'cpu/cpu.cfs_period_us': '100000',
      'memory/memory.limit_in_bytes': '9223372036854771712',
    });
    expect(readMachine(root)).to.deep.equal(wholeMachine);
  });

  /** A process that /proc/self/cgroup says to be in these cgroups. */
  function readAs(...membership: string[]) {
    write({ membership: membership.join('\n') });
    return readMachine(root, path.join(root, 'membership'));
  }

  it('reads the limits of its own cgroup v2 below the root, as systemd sets them', () => {
    write({
      'system.slice/auth.service/cpu.max': '30000 100000',
      'system.slice/auth.service/memory.max': '268435456',
      'system.slice/other.service/cpu.max': '10000 100000',
      'system.slice/other.service/memory.max': '1048576',
    });
    const machine = readAs('1:name=systemd:/', '0::/system.slice/auth.service');
    expect(machine).to.deep.equal({ cpus: 0.3, hasCpuQuota: true, memoryBytes: 268_435_456 });
  });

  it('takes the limits of a cgroup above its own where they are tighter', () => {
    write({
      'memory.max': '134217728',
      'system.slice/cpu.max': '20000 100000',
      'system.slice/auth.service/cpu.max': '30000 100000',
      'system.slice/auth.service/memory.max': '268435456',
    });
    const machine = readAs('0::/system.slice/auth.service');
    expect(machine).to.deep.equal({ cpus: 0.2, hasCpuQuota: true, memoryBytes: 134_217_728 });
  });

  it('lets `max` of its own cgroup lift no limit above it', () => {
    write({
      'system.slice/cpu.max': '20000 100000',
      'system.slice/memory.max': '134217728',
      'system.slice/auth.service/cpu.max': 'max 100000',
      'system.slice/auth.service/memory.max': 'max',
    });
    const machine = readAs('0::/system.slice/auth.service');
    expect(machine).to.deep.equal({ cpus: 0.2, hasCpuQuota: true, memoryBytes: 134_217_728 });
  });

  it('reads the limits of its own cgroups v1, a path for each controller', () => {
    write({
      'cpu/docker/a:b/cpu.cfs_quota_us': '25000',
      'cpu/docker/a:b/cpu.cfs_period_us': '100000',
      'cpu/sets/cpu.cfs_quota_us': '1000',
      'cpu/sets/cpu.cfs_period_us': '100000',
      'memory/docker/memory.limit_in_bytes': '134217728',
      'memory/docker/c/memory.limit_in_bytes': '268435456',
    });
    const machine = readAs('5:cpuset:/sets', '4:cpu,cpuacct:/docker/a:b', '3:rdma,memory:/docker/c', '0::/');
    expect(machine).to.deep.equal({ cpus: 0.25, hasCpuQuota: true, memoryBytes: 134_217_728 });
  });

  it('reads the root alone where its own cgroup is not below it, as in a container of cgroup v1', () => {
    write({
      'cpu/cpu.cfs_quota_us': '50000',
      'cpu/cpu.cfs_period_us': '100000',
      'cpu/docker/cpu.cfs_quota_us': '1000',
      'cpu/docker/cpu.cfs_period_us': '100000',
      'memory/memory.limit_in_bytes': '268435456',
      'memory/docker/memory.limit_in_bytes': '1048576',
    });
    const machine = readAs('4:cpu,cpuacct:/docker/a', '3:memory:/docker/a');
    expect(machine).to.deep.equal({ cpus: 0.5, hasCpuQuota: true, memoryBytes: 268_435_456 });
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
