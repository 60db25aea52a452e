import { join } from 'node:path';
import { checkedManifests } from './checked-manifests.ts';
import { warningsOf } from './checks/warnings.ts';
import { type Command, parseCommandLine } from './command-line.ts';
import { untypedKinds } from './gate/schemas/check-schemas.ts';
import type { ManifestFile } from './manifest.ts';
import { writeAlertmanager } from './output/alertmanager-file.ts';
import { writeDashboards } from './output/dashboard-files.ts';
import { asExample } from './output/example.ts';
import { helmContent } from './output/helm.ts';
import { type FolderContent, replaceFolders } from './output/output-folder.ts';
import { plainContent } from './output/plain.ts';
import { type RootFiles, writeRootFiles } from './output/root-files.ts';
import { writeSchema } from './output/schema-file.ts';
import { readSecrets, writeSecretFile } from './output/secret-file.ts';
import { refuseExamples } from './refuse-examples.ts';
import { buildTarget } from './targets/build-target.ts';
import { loadTarget } from './targets/targets.ts';
import { loadValues } from './values/load-values.ts';
import type { CloudName, Values } from './values/schema.ts';

/** Where the committed output of the targets lies that are not Kubernetes. */
const targetRoot = 'deploy-out';

function cloudFolder(command: Command, cloud: CloudName, root: string): string {
  if (command.out && command.isSingle) return command.out;
  // A Helm chart is built for one installation. It is not committed, and git ignores dist.
  return join(command.out ?? (command.format === 'helm' ? 'dist/helm' : root), cloud);
}

/** The values, with the rules that the command line allows to break. */
function valuesOf(cloud: CloudName, command: Command): Values {
  const values = loadValues(cloud, command);
  return { ...values, gate: { allow: [...values.gate.allow, ...command.allow] } };
}

function contentOf(values: Values, files: readonly ManifestFile[], command: Command): FolderContent {
  if (command.format === 'helm') return helmContent(values, files);
  return command.isExample ? asExample(values.cloud, plainContent(files)) : plainContent(files);
}

/** Says which objects of the operator the gate could not check. */
async function uncheckedKinds({ cloud }: Values, files: readonly ManifestFile[]): Promise<string[]> {
  const kinds = await untypedKinds(files.flatMap(({ objects }) => objects));
  return kinds.map(
    (kind) => `${cloud}: extraObjects: the gate has no types of ${kind} and has not checked its fields`,
  );
}

/** Says where rules run that take longer than synth may. */
const hint = (name: string, folder: string): string =>
  `${name}: further rules are checked by npm run validate -- ${folder} --target ${name}`;

interface TargetOutput {
  readonly folders: ReadonlyMap<string, FolderContent>;
  readonly rootFiles: RootFiles;
  readonly hints: readonly string[];
}

/** With --out all files of a target lie in its folder. Otherwise some belong into the root of the project. */
async function buildTargets(command: Command): Promise<TargetOutput> {
  const folders = new Map<string, FolderContent>();
  const rootFiles = new Map<string, string>();
  const hints: string[] = [];
  for (const name of command.targets) {
    const target = await loadTarget(name);
    const files = [...(await buildTarget(target, command))];
    const isRoot = (file: string) => !command.out && target.rootFiles.includes(file);
    const inFolder = files.filter(([file]) => !isRoot(file));
    const folder = command.out && command.isSingle ? command.out : join(command.out ?? targetRoot, name);
    if (target.slowFindings) hints.push(hint(name, folder));
    if (inFolder.length > 0) folders.set(folder, new Map(inFolder));
    for (const [file, text] of files) if (isRoot(file)) rootFiles.set(file, text);
  }
  return { folders, rootFiles, hints };
}

/**
 * Loads the values, creates the files of every chosen cloud and target, checks them, writes them and returns the paths
 * of what it has written.
 * @param root where cdk8s or a test wants the manifests; only a run without it writes what is not for one cloud
 * @param warn called with each warning and hint, after everything has been checked and before anything is written
 * @throws UsageError, ValuesError, SetFlagError, GateError, SecretsError or OutputFolderError before it writes a file
 */
export async function runSynth(
  args: readonly string[],
  root?: string,
  warn: (line: string) => void = () => undefined,
): Promise<string[]> {
  const command = parseCommandLine(args);
  const sources = command.clouds.map((cloud) => ({ cloud, values: valuesOf(cloud, command) }));
  const folders = new Map<string, FolderContent>();
  const unchecked: string[] = [];
  for (const { cloud, values } of sources) {
    const files = await checkedManifests(values);
    folders.set(cloudFolder(command, cloud, root ?? 'k8s-out'), contentOf(values, files, command));
    unchecked.push(...(await uncheckedKinds(values, files)));
  }
  const isForCdk8s = root !== undefined;
  const targets = await buildTargets(isForCdk8s ? { ...command, targets: [] } : command);
  for (const [folder, content] of targets.folders) folders.set(folder, content);
  const [first] = sources;
  const secret = first && readSecrets(command.secretsFrom, first.values);
  for (const { values } of sources) for (const line of warningsOf(values)) warn(line);
  for (const line of [...unchecked, ...targets.hints]) warn(line);
  replaceFolders(folders);
  writeRootFiles(targets.rootFiles);
  if (!command.isSingle && command.out === undefined && command.format === 'plain') {
    writeSchema();
    writeDashboards();
    writeAlertmanager();
  }
  if (secret) writeSecretFile(secret);
  return [...folders.keys(), ...targets.rootFiles.keys(), ...(secret ? [secret.path] : [])];
}

/**
 * What `npm run synth` does: it also refuses values that are still the examples of the charts.
 * @throws as runSynth
 */
export async function synthForCluster(...parameters: Parameters<typeof runSynth>): Promise<string[]> {
  refuseExamples(parseCommandLine(parameters[0]));
  return runSynth(...parameters);
}
