import type { IPod } from 'kubernetes-models/v1';
import { openProcessKiller, type ProcessKiller } from '../cluster/kill-process.ts';
import { containerState, isReady, until } from '../cluster/pods.ts';
import type { Installation } from '../installation/installation.ts';
import { underLoad } from '../load/under-load.ts';
import { type Report, StepSkipped } from '../report.ts';
import type { Run, Step } from '../run.ts';

/** Requests that may fail when a pod dies without a drain: those that it was answering. */
const mostLost = 4;

/** At the default rate the load lasts ten seconds before the kill, and twenty after it. */
const size = ({ options }: Run) => ({ before: options.rate * 10, atLeast: options.rate * 30 });

/** A ready pod, if possible one that has not restarted: the kubelet delays the second restart of a container by 10 seconds. */
async function readyPod(main: Installation): Promise<string> {
  const restarts = (pod: IPod): number => containerState(pod, main.container)?.restartCount ?? 0;
  const ready = (await main.pods()).filter(isReady);
  const [pod] = ready.sort((one, other) => restarts(one) - restarts(other));
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

async function openKiller(
  run: Run,
  main: Installation,
  name: string,
  container: string,
): Promise<ProcessKiller> {
  const { kubectl, options, toolNamespace } = run;
  const victim = { namespace: main.namespace, name, container };
  try {
    return await openProcessKiller({ image: options.image, kubectl, namespace: toolNamespace }, victim);
  } catch (error) {
    throw new StepSkipped(`the cluster admits no pod that sees the processes of its node: ${error}`);
  }
}

/** Kills the process of a container under load. The kubelet starts the container again. */
async function killUnderLoad(
  run: Run,
  report: Report,
  main: Installation,
  name: string,
  container: string,
): Promise<void> {
  const killer = await openKiller(run, main, name, container);
  const read = () => run.kubectl.json<IPod>(['get', 'pod', name, '--namespace', main.namespace]);
  try {
    const load = { phase: `killed process of ${container}`, ...size(run) };
    const result = await underLoad(run, report, main, load, async () => {
      report.figure(`killed in ${container}`, await killer.kill());
    });
    // Fails the step if the pod does not recover.
    await until('the pod is ready again', 120, async () => isReady(await read()));
    const lost = result.failures.length;
    const restarts = containerState(await read(), container)?.restartCount ?? 0;
    report.figure(`restarts of ${container}`, restarts);
    const detail = `${lost} of ${result.sent}`;
    report.check(
      `a killed process of ${container} loses at most ${mostLost} requests`,
      lost <= mostLost,
      detail,
    );
  } finally {
    await killer.close();
  }
}

export const processKill: Step = {
  name: 'process-kill',
  claim: `SIGKILL of the first process of any container of a pod fails at most ${mostLost} requests`,
  async run(run, report) {
    const main = await run.main();
    const name = await readyPod(main);
    const { spec } = await run.kubectl.json<IPod>(['get', 'pod', name, '--namespace', main.namespace]);
    for (const container of spec?.containers ?? [])
      await killUnderLoad(run, report, main, name, container.name);
  },
};
