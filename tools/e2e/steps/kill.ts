import type { IPod } from 'kubernetes-models/v1';
import { type Killed, openProcessKiller, type ProcessKiller } from '../cluster/kill-process.ts';
import { containerState, isReady, until } from '../cluster/pods.ts';
import type { Installation } from '../installation/installation.ts';
import { underLoad } from '../load/under-load.ts';
import { type Report, StepSkipped } from '../report.ts';
import type { Run, Step } from '../run.ts';

/** Requests that may fail when a pod dies without a drain: those that it was answering. */
const mostLost = 4;

/** At the default rate the load lasts ten seconds before the kill, and twenty after it. */
const size = ({ options }: Run) => ({ before: options.rate * 10, atLeast: options.rate * 30 });

async function readyPod(main: Installation): Promise<string> {
  const pod = (await main.pods()).find(isReady);
  return pod?.metadata?.name ?? '';
}

export const podDelete: Step = {
  name: 'pod-delete',
  claim: `A pod that is deleted without a grace period fails at most ${mostLost} requests`,
  async run(run, report) {
    const main = await run.main();
    const name = await readyPod(main);
    const result = await underLoad(run, report, main, { phase: 'deleted pod', ...size(run) }, async () => {
      const flags = ['--grace-period=0', '--force', '--wait=false'];
      await run.kubectl.must(['delete', 'pod', name, '--namespace', main.namespace, ...flags]);
    });
    await main.rolledOut();
    const detail = `${result.failures.length} of ${result.sent}`;
    report.check(`loses at most ${mostLost} requests`, result.failures.length <= mostLost, detail);
  },
};

async function openKiller(run: Run, main: Installation, name: string): Promise<ProcessKiller> {
  const { kubectl, options, toolNamespace } = run;
  const victim = { namespace: main.namespace, name, container: main.container };
  try {
    return await openProcessKiller({ image: options.image, kubectl, namespace: toolNamespace }, victim);
  } catch (error) {
    throw new StepSkipped(`the cluster admits no pod that sees the processes of its node: ${error}`);
  }
}

/** Kills a process under load. The kubelet, or the process above it, starts another one. */
async function killUnderLoad(run: Run, report: Report, which: 'first' | 'serving'): Promise<Killed> {
  const main = await run.main();
  const name = await readyPod(main);
  const killer = await openKiller(run, main, name);
  const read = () => run.kubectl.json<IPod>(['get', 'pod', name, '--namespace', main.namespace]);
  try {
    let killed: Killed | undefined;
    const load = { phase: `killed ${which} process`, ...size(run) };
    const result = await underLoad(run, report, main, load, async () => {
      killed = await killer.kill(which);
    });
    // Fails the step if the pod does not recover.
    await until('the pod is ready again', 120, async () => isReady(await read()));
    const lost = result.failures.length;
    const restarts = containerState(await read(), main.container)?.restartCount ?? 0;
    report.figure(`restarts of the container after a killed ${which} process`, restarts);
    // The end of the first process is the end of the container. Its port refuses connections until the kubelet has noticed,
    // which takes about a second, and nothing in the container can prevent that.
    if (which === 'serving')
      report.check(`loses at most ${mostLost} requests`, lost <= mostLost, `${lost} of ${result.sent}`);
    return killed ?? { command: '', processes: 0 };
  } finally {
    await killer.close();
  }
}

export const processKill: Step = {
  name: 'process-kill',
  claim: `The process that serves is killed by SIGKILL and fails at most ${mostLost} requests`,
  async run(run, report) {
    const { command, processes } = await killUnderLoad(run, report, 'serving');
    report.figure('killed', command);
    // A container with one process dies with it: there is nothing else to kill.
    if (processes > 1) await killUnderLoad(run, report, 'first');
  },
};
