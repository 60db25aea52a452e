import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanUpAll, createCleanup } from '../torture/harness/cleanup.ts';
import { type Cluster, openNodes, readCluster } from './cluster/cluster.ts';
import { createKubectl } from './cluster/kubectl.ts';
import { clusterWide, leftovers } from './cluster/leftovers.ts';
import type { ToolPod } from './cluster/tool-pod.ts';
import { readStores } from './installation/stores.ts';
import { startStores } from './installation/stores-in-cluster.ts';
import { parseOptions, UsageError, usage } from './options.ts';
import { createReport, type Outcome, StepSkipped, summaryOf } from './report.ts';
import { changeDatabases, createRun, type Run, type Step, startTools } from './run.ts';
import { steps } from './steps.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A step that throws has failed. The next one still runs. */
async function runStep(run: Run, { claim, name, run: runIt }: Step): Promise<Outcome> {
  say(`\n== ${name}\n   ${claim}`);
  const report = createReport(name, say);
  const start = performance.now();
  const seconds = () => Math.round((performance.now() - start) / 1_000);
  try {
    await runIt(run, report);
  } catch (error) {
    if (error instanceof StepSkipped) {
      report.skip('everything', error.message);
      return report.outcome(seconds(), true);
    }
    report.check('runs to its end', false, error instanceof Error ? error.message : String(error));
  }
  const outcome = report.outcome(seconds());
  say(`${outcome.verdict === 'passed' ? 'PASS' : 'FAIL'} ${name} in ${outcome.seconds} s`);
  return outcome;
}

function describeCluster(cluster: Cluster): void {
  const nodes = openNodes(cluster);
  const zones = new Set(nodes.map(({ zone }) => zone).filter(Boolean));
  say(
    `Kubernetes ${cluster.version}: ${nodes.length} of ${cluster.nodes.length} nodes take pods, ${zones.size || 'no'} zones`,
  );
  say(`custom resources: ${cluster.customGroups.join(', ') || 'none'}`);
  say(`metrics for autoscalers: ${cluster.hasMetrics ? 'yes' : 'no'}`);
}

/** Whether pods resolve the names of Services. The steps use addresses, so that they do not depend on it. */
async function hasDns(pod: ToolPod): Promise<boolean> {
  const script =
    "require('node:dns').lookup('kubernetes.default.svc', (error) => process.exit(error ? 1 : 0))";
  return pod.exec(['node', '--eval', script]).then(
    () => true,
    () => false,
  );
}

/** The stores of the file, or stores in the cluster. The options contain one of both. */
async function storesOf({
  kubectl,
  options,
  toolNamespace,
}: Pick<Run, 'kubectl' | 'options' | 'toolNamespace'>) {
  const { storeImages, stores } = options;
  if (stores) return readStores(stores);
  const { postgres = '', redis = '' } = storeImages;
  return startStores(kubectl, toolNamespace, { postgres, redis });
}

/** Whether the role of the stores may create a database for each installation. */
async function canCreateDatabases(parts: Parameters<typeof changeDatabases>, id: string): Promise<boolean> {
  const [pod, stores] = parts;
  const probe = `${id}-probe`.replaceAll('-', '_');
  try {
    await changeDatabases(pod, stores, { create: [probe] });
    await changeDatabases(pod, stores, { drop: [probe] });
    return true;
  } catch (error) {
    if (!/permission denied/.test(String(error))) throw error;
    say('databases: the role may not create any, so that all installations share one');
    return false;
  }
}

async function runAll(options: ReturnType<typeof parseOptions>): Promise<Outcome[]> {
  const kubectl = createKubectl(options.context);
  const cluster = await readCluster(kubectl);
  describeCluster(cluster);
  const before = await clusterWide(kubectl);
  const id = `e2e-${randomBytes(3).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'e2e-'));
  const cleanup = createCleanup();
  const outcomes: Outcome[] = [];
  try {
    const toolNamespace = `${id}-tools`;
    const tools = { options, kubectl, cleanup, toolNamespace };
    const toolPod = await startTools(tools);
    say(`DNS in pods: ${(await hasDns(toolPod)) ? 'yes' : 'no'}`);
    const stores = await storesOf(tools);
    const parts = { ...tools, cluster, id, folder, stores };
    const hasOwnDatabases = await canCreateDatabases([toolPod, stores, {}], id);
    const run = createRun({ ...parts, hasOwnDatabases }, toolPod);
    for (const step of steps) if (options.steps.includes(step.name)) outcomes.push(await runStep(run, step));
  } finally {
    if (options.keep) say(`\nkept: the namespaces ${id}-*, and the files in ${folder}`);
    else {
      await cleanup.run();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (options.keep) return outcomes;
  const report = createReport('clean-up', say);
  say('\n== clean-up');
  const left = await leftovers(kubectl, before, id);
  report.check('nothing is left in the cluster', left.length === 0, left.join(', '));
  return [...outcomes, report.outcome(0)];
}

async function main(): Promise<number> {
  const names = steps.map(({ name }) => name);
  const options = parseOptions(process.argv.slice(2), process.env, names);
  if (options.help) say(usage);
  if (options.list) for (const { claim, name } of steps) say(`${name.padEnd(22)}${claim}`);
  if (options.help || options.list) return 0;
  const outcomes = await runAll(options);
  say('');
  for (const line of summaryOf(outcomes)) say(line);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(outcomes, null, 2)}\n`);
  return outcomes.some(({ verdict }) => verdict === 'failed') ? 1 : 0;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanUpAll().finally(() => process.exit(130)));

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
