import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1';
import { notCreated } from '../cluster/apply-lines.ts';
import { isReady, until } from '../cluster/pods.ts';
import type { Installation } from '../installation/installation.ts';
import { changesOf, type KubeObject, sharedKeys } from '../installation/objects.ts';
import { startLoad } from '../load/load.ts';
import { ratesOf, targetOf, underLoad } from '../load/under-load.ts';
import type { Report } from '../report.ts';
import { createNamespace, type Run, type Step } from '../run.ts';

/** Whether the Service leads to the pods of its own installation only. */
async function checkEndpoints(
  run: Run,
  report: Report,
  title: string,
  installation: Installation,
): Promise<void> {
  const { items } = await run.kubectl.json<{ items: readonly IEndpointSlice[] }>([
    ...['get', 'endpointslices', '--namespace', installation.namespace],
    ...['--selector', `kubernetes.io/service-name=${installation.service}`],
  ]);
  const names = items.flatMap(({ endpoints }) =>
    (endpoints ?? []).map(({ targetRef }) => targetRef?.name ?? ''),
  );
  const own = (await installation.pods()).map(({ metadata }) => metadata?.name ?? '');
  const foreign = names.filter((name) => !own.includes(name));
  const isRight = names.length === installation.replicas && foreign.length === 0;
  report.check(
    `the Service of ${title} leads to its own pods only`,
    isRight,
    `${names.length} endpoints ${foreign.join(' ')}`.trim(),
  );
}

/** Installs beside another one, which must not notice. */
async function installBeside(report: Report, title: string, first: Installation, second: Installation) {
  const shared = sharedKeys(first.objects(), second.objects());
  report.check(
    `${title}: defines no object of the first installation`,
    shared.length === 0,
    shared.join(' '),
  );
  const before = await first.stored();
  const others = notCreated(await second.applyFirst());
  report.check(`${title}: kubectl apply creates every object`, others.length === 0, others.join('; '));
  await second.rolledOut();
  const changes = changesOf(before, await first.stored());
  report.check(
    `${title}: changes no object of the first installation`,
    changes.length === 0,
    changes.join('; '),
  );
}

/** A load that has logged in and is warm shows that the installation serves. */
export async function serves(run: Run, installation: Installation): Promise<boolean> {
  try {
    const load = await startLoad(run.toolPod, await targetOf(run, installation), ratesOf(20));
    return (await load.stop()).failures.length === 0;
  } catch {
    return false;
  }
}

async function canReplacePods(run: Run, { namespace, pods, replicas }: Installation): Promise<boolean> {
  const [victim] = await pods();
  await run.kubectl.must([
    'delete',
    'pod',
    victim?.metadata?.name ?? '',
    '--namespace',
    namespace,
    '--wait=false',
  ]);
  try {
    await until('a new pod is ready', 120, async () => (await pods()).filter(isReady).length === replicas);
    return true;
  } catch {
    return false;
  }
}

/** Deletes installations under the load of the first one. */
async function uninstall(run: Run, report: Report, first: Installation, others: readonly Installation[]) {
  const before: readonly KubeObject[] = await first.stored();
  const load = { phase: 'uninstall of the others', before: 500, atLeast: 2_000 };
  const result = await underLoad(run, report, first, load, async () => {
    for (const other of others) await other.delete();
  });
  report.check('the first installation loses no request', result.failures.length === 0);
  const changes = changesOf(before, await first.stored());
  report.check('no object of the first installation changes', changes.length === 0, changes.join('; '));
  report.check('the first installation can still create pods', await canReplacePods(run, first));
}

export const sideBySide: Step = {
  name: 'side-by-side',
  claim: 'Installations in one namespace and in two do not touch each other, also when they are deleted',
  async run(run, report) {
    const first = await run.main();
    const values = { replicas: 2 };
    const inSame = await run.install({
      ...{ id: 'second', namespace: first.namespace, isGuest: true },
      values: { ...values, name: 'second' },
    });
    await installBeside(report, 'a second name in the same namespace', first, inSame);
    const namespace = `${run.id}-other`;
    await createNamespace(run, namespace, 'restricted');
    const inOther = await run.install({ id: 'third', namespace, isGuest: true, values });
    await installBeside(report, 'the same name in another namespace', first, inOther);
    await checkEndpoints(run, report, 'the first installation', first);
    await checkEndpoints(run, report, 'the second installation', inSame);
    report.check(
      'all three serve',
      (await Promise.all([first, inSame, inOther].map((one) => serves(run, one)))).every(Boolean),
    );
    await uninstall(run, report, first, [inSame, inOther]);
  },
};
