import type { IPod } from 'kubernetes-models/v1';
import { openNodes } from '../cluster/cluster.ts';
import { describeSeconds, drainSeconds, startSeconds, watchPods } from '../cluster/pod-timeline.ts';
import { isReady, podsByNode } from '../cluster/pods.ts';
import { underLoad } from '../load/under-load.ts';
import { StepSkipped } from '../report.ts';
import type { Run, Step } from '../run.ts';

/** The node with the most pods of the service. The pod of the load must stay, so its node does not count. */
async function nodeToDrain(run: Run): Promise<string> {
  const main = await run.main();
  const pod = await run.kubectl.json<IPod>([
    'get',
    'pod',
    run.toolPod.name,
    '--namespace',
    run.toolNamespace,
  ]);
  const nodes = openNodes(run.cluster).map(({ name }) => name);
  if (nodes.length < 2) throw new StepSkipped('the cluster has one node for pods');
  const counts = [...podsByNode(await main.pods(), nodes)].filter(([name]) => name !== pod.spec?.nodeName);
  const [chosen] = counts.sort(([, one], [, other]) => other - one)[0] ?? [];
  return chosen ?? '';
}

export const drain: Step = {
  name: 'drain',
  claim: 'The drain of a node loses no request',
  async run(run, report) {
    const main = await run.main();
    const node = await nodeToDrain(run);
    const timeline = await watchPods(run.kubectl, main.namespace, main.selector);
    // Only the pods of the service are evicted: other pods of the cluster stay where they are.
    const flags = [`--pod-selector=${main.selector}`, '--delete-emptydir-data', '--ignore-daemonsets'];
    try {
      const load = { phase: 'drain', before: 500, atLeast: run.options.requests };
      const result = await underLoad(run, report, main, load, async () => {
        const start = performance.now();
        await run.kubectl.must(['drain', node, ...flags, '--timeout=10m']);
        report.figure('drain of the node', `${Math.round((performance.now() - start) / 1_000)} s`);
        await main.rolledOut();
        await timeline.settled(300);
      });
      report.figure('start of a pod until ready', describeSeconds(startSeconds(timeline.fresh())));
      report.figure('drain of a pod', describeSeconds(drainSeconds(timeline.all())));
      const pods = (await main.pods()).filter(isReady);
      report.check('evicts pods', drainSeconds(timeline.all()).length > 0);
      report.check(
        'every pod is ready on another node',
        pods.length === main.replicas && pods.every(({ spec }) => spec?.nodeName !== node),
      );
      report.check(`sends at least ${run.options.requests} requests`, result.sent >= run.options.requests);
      report.check(
        'loses no request',
        result.failures.length === 0,
        `${result.failures.length} of ${result.sent}`,
      );
    } finally {
      await timeline.stop();
      await run.kubectl.must(['uncordon', node]);
    }
  },
};
