import { notCreated } from '../cluster/apply-lines.ts';
import { describeSeconds, drainSeconds, startSeconds, watchPods } from '../cluster/pod-timeline.ts';
import { isReady, until } from '../cluster/pods.ts';
import { computedRollout } from '../cluster/rollout-time.ts';
import type { Installation } from '../installation/installation.ts';
import { changesOf, sharedKeys } from '../installation/objects.ts';
import { underLoad } from '../load/under-load.ts';
import { type Report, StepSkipped } from '../report.ts';
import { createNamespace, type Run, type Step } from '../run.ts';
import { serves } from './side-by-side.ts';

const count = 20;

/** Seconds in which a rollout of twenty pods must be complete, where the nodes have a free core for each pod that starts. */
const longestRollout = 180;

/** Small enough that twenty fit into two small nodes. A pod uses about 120 MB when it is idle. */
const small = {
  resources: { requests: { cpu: '10m', memory: '128Mi' } },
  migrations: { resources: { requests: { cpu: '10m', memory: '64Mi' } } },
  database: { poolMax: 3 },
};

const numbers = Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, '0'));

/** Whether every pod is ready in time. Pods that fit on no node stay pending. */
async function allReady(installations: readonly Installation[], seconds: number): Promise<boolean> {
  const ready = async (one: Installation): Promise<boolean> => {
    const pods = await one.pods();
    return pods.length === one.replicas && pods.every(isReady);
  };
  try {
    for (const one of installations) await until('the pods are ready', seconds, () => ready(one));
    return true;
  } catch {
    return false;
  }
}

async function installAll(run: Run, report: Report, namespace: string): Promise<Installation[]> {
  const installations: Installation[] = [];
  for (const number of numbers) {
    const values = { ...small, name: `e2e-${number}`, replicas: 1 };
    const installation = await run.install({ id: `many-${number}`, namespace, isGuest: true, values });
    const shared = installations.flatMap((other) => sharedKeys(other.objects(), installation.objects()));
    if (shared.length > 0)
      report.check(`e2e-${number} defines no object of another one`, false, shared.join(' '));
    const others = notCreated(await installation.applyFirst());
    if (others.length > 0)
      report.check(`the apply of e2e-${number} creates every object`, false, others.join('; '));
    installations.push(installation);
  }
  return installations;
}

export const twentyInstallations: Step = {
  name: 'twenty-installations',
  claim: 'Twenty installations in one namespace serve, and the others stay as they are when one is deleted',
  async run(run, report) {
    const namespace = `${run.id}-many`;
    await createNamespace(run, namespace, 'restricted');
    const all = await installAll(run, report, namespace);
    report.check(`creates ${count} installations`, all.length === count);
    const isRunning = await allReady(all, 240);
    if (!isRunning) report.skip('serving', 'the pods of twenty installations do not fit on the nodes');
    const [deleted, ...rest] = all;
    const before = await Promise.all(rest.map((one) => one.stored()));
    await deleted?.delete();
    const changes: string[] = [];
    for (const [index, one] of rest.entries())
      changes.push(...changesOf(before[index] ?? [], await one.stored()));
    report.check(
      'the deletion of one changes no object of another one',
      changes.length === 0,
      changes.join('; '),
    );
    if (!isRunning) return;
    let serving = 0;
    for (const one of rest) if (await serves(run, one)) serving += 1;
    report.check('every other one serves', serving === rest.length, `${serving} of ${rest.length}`);
    for (const one of rest) await one.delete();
  },
};

/** Starts one more pod beside those that are idle. @returns seconds from its creation until it was ready */
async function startOfOnePod(run: Run, installation: Installation): Promise<number> {
  const { deployment, namespace, replicas, selector } = installation;
  const timeline = await watchPods(run.kubectl, namespace, selector);
  const scale = ['scale', '--namespace', namespace, deployment];
  await run.kubectl.must([...scale, `--replicas=${replicas + 1}`]);
  await timeline.until(() => startSeconds(timeline.fresh()).length > 0, 'the further pod is ready', 180);
  await run.kubectl.must([...scale, `--replicas=${replicas}`]);
  await installation.rolledOut();
  await timeline.settled(120);
  await timeline.stop();
  return startSeconds(timeline.fresh())[0] ?? Number.NaN;
}

export const twentyPods: Step = {
  name: 'twenty-pods',
  claim: `A rollout of twenty pods loses no request. Computed from the start of one pod it takes less than ${longestRollout} s`,
  async run(run, report) {
    const namespace = `${run.id}-pods`;
    const values = { ...small, replicas: count };
    const installation = await run.install({ id: 'pods', namespace, values });
    await installation.applyFirst();
    if (!(await allReady([installation], 420))) throw new StepSkipped('twenty pods do not fit on the nodes');
    const start = await startOfOnePod(run, installation);
    const timeline = await watchPods(run.kubectl, namespace, installation.selector);
    try {
      let seconds = 0;
      const load = { phase: 'rollout of 20 pods', before: 500, atLeast: 2_000 };
      const result = await underLoad(run, report, installation, load, async () => {
        const begin = performance.now();
        await installation.synthesize({ podAnnotations: { 'e2e/rollout': new Date().toISOString() } });
        await installation.apply();
        await installation.rolledOut(20);
        seconds = Math.round((performance.now() - begin) / 1_000);
        await timeline.settled(300);
      });
      const drains = drainSeconds(timeline.all());
      report.figure('rollout', `${seconds} s on ${run.cluster.nodes.length} nodes`);
      report.figure('start of one pod alone', `${start} s`);
      report.figure('start of a pod in the rollout', describeSeconds(startSeconds(timeline.fresh())));
      report.figure('drain of a pod', describeSeconds(drains));
      const computed = computedRollout(installation.rollout, { start, drain: Math.max(...drains) });
      report.check('is complete in time, computed', computed < longestRollout, `${Math.round(computed)} s`);
      report.check(
        'loses no request',
        result.failures.length === 0,
        `${result.failures.length} of ${result.sent}`,
      );
    } finally {
      await timeline.stop();
      await installation.delete();
    }
  },
};
