import type { IPod } from 'kubernetes-models/v1';
import { changedLines } from '../cluster/apply-lines.ts';
import type { Installation } from '../installation/installation.ts';
import type { KubeObject } from '../installation/objects.ts';
import type { Report } from '../report.ts';
import type { Run, Step } from '../run.ts';

/** The object of a kind with a component, which the labels name. */
function ofComponent(main: Installation, kind: string, component: string): KubeObject {
  const found = main
    .objects()
    .find(
      (object) =>
        object.kind === kind && object.metadata.labels?.['app.kubernetes.io/component'] === component,
    );
  if (!found) throw new Error(`the manifests contain no ${kind} of the component ${component}`);
  return found;
}

/** Waits until a Job has succeeded. @returns its log */
async function complete(run: Run, namespace: string, job: string): Promise<string> {
  const ofNamespace = ['--namespace', namespace];
  await run.kubectl.must(['wait', ...ofNamespace, job, '--for=condition=Complete', '--timeout=5m']);
  return run.kubectl.must(['logs', ...ofNamespace, job, '--all-containers']);
}

export const purge: Step = {
  name: 'purge',
  claim: 'A Job from the CronJob of the purge succeeds',
  async run(run, report) {
    const main = await run.main();
    const { name } = ofComponent(main, 'CronJob', 'purge').metadata;
    const ofNamespace = ['--namespace', main.namespace];
    await run.kubectl.must(['create', 'job', 'e2e-purge', ...ofNamespace, `--from=cronjob/${name}`]);
    const log = await complete(run, main.namespace, 'job/e2e-purge');
    report.check(
      'the log of the purge counts what it has deleted',
      /purge/.test(log),
      log.trim().split('\n').at(-1),
    );
    await run.kubectl.must(['delete', 'job', 'e2e-purge', ...ofNamespace]);
  },
};

/** Whether the pods migrate the database before they start. */
const migrates = ({ spec }: IPod): boolean =>
  spec?.initContainers?.some(({ name }) => name === 'migrate') ?? false;

async function installWithJob(run: Run, report: Report): Promise<void> {
  const namespace = `${run.id}-job`;
  const installation = await run.install({
    id: 'job',
    namespace,
    values: { replicas: 1, migrations: { mode: 'job' } },
  });
  const start = performance.now();
  await installation.applyFirst();
  const { name } = ofComponent(installation, 'Job', 'migrate').metadata;
  const log = await complete(run, namespace, `job/${name}`);
  const result = log.trim().split('\n').at(-1) ?? '';
  // The database may be that of the first installation, whose migrations are there.
  const isCurrent = /"applied":\[[^\]]*\],"alreadyApplied":\d+/.test(result);
  report.check('the Job migrates the database', isCurrent, result);
  await installation.rolledOut(5);
  report.figure('from nothing to healthy with a Job', `${Math.round((performance.now() - start) / 1_000)} s`);
  const pods = await installation.pods();
  report.check('the pods do not migrate', pods.length > 0 && !pods.some(migrates));
  const others = changedLines(await installation.apply());
  report.check('a second apply does not run the Job again', others.length === 0, others.join('; '));
}

export const migrations: Step = {
  name: 'migrations',
  claim: 'The pods migrate the database, or a Job does, whatever starts first',
  async run(run, report) {
    const main = await run.main();
    const pods = await main.pods();
    report.check('the pods of the first installation migrate', pods.length > 0 && pods.every(migrates));
    await installWithJob(run, report);
  },
};
