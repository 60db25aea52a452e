import { openNodes } from '../cluster/cluster.ts';
import { describeSeconds, drainSeconds, startSeconds, watchPods } from '../cluster/pod-timeline.ts';
import { podsByNode } from '../cluster/pods.ts';
import type { Installation } from '../installation/installation.ts';
import { underLoad } from '../load/under-load.ts';
import type { Report } from '../report.ts';
import type { Run, Step } from '../run.ts';

/** Whether every node has a pod, if there are as many pods as nodes. */
async function checkSpread(run: Run, report: Report, installation: Installation): Promise<void> {
  const nodes = openNodes(run.cluster).map(({ name }) => name);
  if (nodes.length < 2) return report.skip('spread over the nodes', 'the cluster has one node for pods');
  const counts = podsByNode(await installation.pods(), nodes);
  const detail = [...counts].map(([node, count]) => `${node}: ${count}`).join(', ');
  const empty = [...counts.values()].filter((count) => count === 0).length;
  const expected = Math.max(0, nodes.length - installation.replicas);
  report.check('the replicas are spread over the nodes', empty <= expected, detail);
}

/** Replaces all pods while requests arrive. */
async function rollOut(
  run: Run,
  report: Report,
  phase: string,
  change: (main: Installation) => Promise<unknown>,
) {
  const main = await run.main();
  const timeline = await watchPods(run.kubectl, main.namespace, main.selector);
  try {
    let seconds = 0;
    const load = { phase, before: 500, atLeast: run.options.requests };
    const result = await underLoad(run, report, main, load, async () => {
      const start = performance.now();
      await change(main);
      await main.rolledOut();
      seconds = Math.round((performance.now() - start) / 1_000);
      await timeline.settled(300);
    });
    report.figure(`${phase} of ${main.replicas} pods`, `${seconds} s`);
    report.figure('start of a pod until ready', describeSeconds(startSeconds(timeline.fresh())));
    report.figure('drain of a pod', describeSeconds(drainSeconds(timeline.all())));
    report.check(`sends at least ${run.options.requests} requests`, result.sent >= run.options.requests);
    report.check(
      'loses no request',
      result.failures.length === 0,
      `${result.failures.length} of ${result.sent}`,
    );
    report.check('replaces every pod', timeline.fresh().length >= main.replicas);
  } finally {
    await timeline.stop();
  }
  await checkSpread(run, report, main);
}

export const rollout: Step = {
  name: 'rollout',
  claim: 'A rollout by kubectl apply loses no request and spreads the pods over the nodes',
  run: (run, report) =>
    rollOut(run, report, 'rollout', async (main) => {
      await main.synthesize({ podAnnotations: { 'e2e/rollout': new Date().toISOString() } });
      await main.apply();
    }),
};

export const restart: Step = {
  name: 'restart',
  claim: 'kubectl rollout restart loses no request and spreads the pods over the nodes',
  run: (run, report) =>
    rollOut(run, report, 'restart', ({ deployment, namespace }) =>
      run.kubectl.must(['rollout', 'restart', '--namespace', namespace, deployment]),
    ),
};
