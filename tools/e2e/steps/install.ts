import { warningEvents } from '../cluster/events.ts';
import { describeSeconds, startSeconds, watchPods } from '../cluster/pod-timeline.ts';
import type { Step } from '../run.ts';

export const install: Step = {
  name: 'install',
  claim: 'A first installation becomes healthy, without a warning event but those of startup probes',
  async run(run, report) {
    const start = performance.now();
    const main = await run.main();
    report.figure('from nothing to healthy', `${Math.round((performance.now() - start) / 1_000)} s`);
    const ready = (await main.pods()).length;
    report.check('every pod is ready', ready === main.replicas, `${ready} of ${main.replicas}`);
    report.check(
      'no container has restarted',
      (await main.pods()).every(({ status }) =>
        status?.containerStatuses?.every((one) => one.restartCount === 0),
      ),
    );
    const events = await warningEvents(run.kubectl, main.namespace);
    // A start on busy nodes takes longer than the delay of the first probe. Kubernetes asks again, and records each answer.
    const isEarly = (event: string): boolean => event.includes(': Startup probe failed: ');
    const early = events.filter(isEarly);
    const others = events.filter((event) => !isEarly(event));
    report.figure('startup probes before the service listened', early.length);
    report.check('no other warning event is recorded', others.length === 0, others.slice(0, 5).join('; '));

    // One more pod, alone on an idle cluster: how long a start takes without others beside it.
    const timeline = await watchPods(run.kubectl, main.namespace, main.selector);
    const scale = ['scale', '--namespace', main.namespace, main.deployment];
    await run.kubectl.must([...scale, `--replicas=${main.replicas + 1}`]);
    await timeline.until(() => startSeconds(timeline.fresh()).length > 0, 'the further pod is ready', 180);
    report.figure('start of one pod until ready', describeSeconds(startSeconds(timeline.fresh())));
    await run.kubectl.must([...scale, `--replicas=${main.replicas}`]);
    await main.rolledOut();
    await timeline.stop();
  },
};
