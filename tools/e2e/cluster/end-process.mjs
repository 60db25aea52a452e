// Runs as root in a pod that sees the processes of its node: node end-process.mjs POD_UID CONTAINER_ID. Kills the first process
// of that one container with SIGKILL. Writes what it has killed as JSON.
import { readdirSync, readFileSync } from 'node:fs';

const [podUid, containerId] = process.argv.slice(2);
if (!/^[\w-]{30,}$/.test(podUid ?? '') || !/^\w{12,}$/.test(containerId ?? ''))
  throw new Error('usage: end-process.mjs POD_UID CONTAINER_ID');

/** Undefined if the process has ended in the meantime. */
function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

// systemd writes the uid with _ in the names of its slices.
const isOfPod = (cgroup) => cgroup.replaceAll('_', '-').includes(podUid) && cgroup.includes(containerId);
const processes = readdirSync('/proc')
  .filter((name) => /^\d+$/.test(name) && isOfPod(read(name, 'cgroup') ?? ''))
  .map((pid) => {
    const status = read(pid, 'status') ?? '';
    const field = (name) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';
    const command = (read(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim();
    return { pid, inContainer: Number(field('NSpid').split('\t').at(-1)), command };
  })
  .sort((one, other) => one.inContainer - other.inContainer);

const [chosen] = processes;
if (!chosen) throw new Error(`the container ${containerId} has no process on this node`);
process.kill(Number(chosen.pid), 'SIGKILL');
process.stdout.write(JSON.stringify({ command: chosen.command }));
