import type { IPod } from 'kubernetes-models/v1';
import { containerState, isReady, restartContainer, until } from '../cluster/pods.ts';
import type { Installation } from '../installation/installation.ts';
import { underLoad } from '../load/under-load.ts';
import type { Report } from '../report.ts';
import type { Run, Step } from '../run.ts';

/** The Secret has a pair of RSA keys. Synth cannot see that, and the service refuses to start with status 78. */
const mistake = { jwt: { algorithm: 'ES256' } };

const nameOf = ({ metadata }: IPod): string => metadata?.name ?? '';

/** Waits until a pod of the new revision has failed. */
async function checkNewPods(main: Installation, report: Report, old: ReadonlySet<string>): Promise<void> {
  let status: number | undefined;
  await until('a pod of the new revision fails', 180, async () => {
    const fresh = (await main.pods()).filter((pod) => !old.has(nameOf(pod)));
    const states = fresh.map((pod) => containerState(pod, main.container));
    status = states
      .map((state) => (state?.state?.terminated ?? state?.lastState?.terminated)?.exitCode)
      .find(Boolean);
    return status !== undefined;
  });
  report.check('a pod with the bad configuration ends with status 78', status === 78, `status ${status}`);
  const serving = (await main.pods()).filter((pod) => old.has(nameOf(pod)) && isReady(pod));
  report.check(
    'every pod from before keeps serving',
    serving.length === old.size,
    `${serving.length} of ${old.size}`,
  );
}

/** Whether the container of the first pod starts again with the configuration of its revision. */
async function restartsWell(run: Run, main: Installation): Promise<boolean> {
  const [victim] = (await main.pods()).filter(isReady);
  if (!victim) return false;
  return restartContainer(run.kubectl, main, nameOf(victim));
}

async function undo(run: Run, main: Installation): Promise<boolean> {
  await run.kubectl.must(['rollout', 'undo', '--namespace', main.namespace, main.deployment]);
  return main.rolledOut(3).then(
    () => true,
    () => false,
  );
}

export const badConfiguration: Step = {
  name: 'bad-configuration',
  claim:
    'A bad configuration never reaches a healthy pod, also when its container restarts, and rollout undo repairs',
  async run(run, report) {
    const main = await run.main();
    const old = new Set((await main.pods()).map(nameOf));
    await main.synthesize(mistake);
    try {
      const load = { phase: 'bad configuration', before: 500, atLeast: 5_000 };
      const result = await underLoad(run, report, main, load, async () => {
        await main.apply();
        await checkNewPods(main, report, old);
        report.check('a container from before restarts and becomes ready', await restartsWell(run, main));
        report.check('kubectl rollout undo completes', await undo(run, main));
        const ready = (await main.pods()).filter(isReady).length;
        report.check(
          'every pod is ready after the undo',
          ready === main.replicas,
          `${ready} of ${main.replicas}`,
        );
        report.check('a container restarts well after the undo', await restartsWell(run, main));
      });
      report.check(
        'loses no request',
        result.failures.length === 0,
        `${result.failures.length} of ${result.sent}`,
      );
    } finally {
      await main.synthesize();
      await main.apply();
      await main.rolledOut();
    }
  },
};
