import { join } from 'node:path';
import { checkEnvironments } from './checks/check-environments.ts';
import { checkValues } from './checks/check-values.ts';
import { warningsOf } from './checks/warnings.ts';
import { type Command, parseCommandLine } from './command-line.ts';
import { GateError, validateManifests } from './gate/gate.ts';
import { writeDashboards } from './output/dashboard-files.ts';
import { helmContent } from './output/helm.ts';
import { type FolderContent, replaceFolders } from './output/output-folder.ts';
import { plainContent } from './output/plain.ts';
import { writeSchema } from './output/schema-file.ts';
import { readSecrets, writeSecretFile } from './output/secret-file.ts';
import { synthesize } from './synthesize.ts';
import { loadValues, parseCloud } from './values/load-values.ts';
import type { CloudName, Values } from './values/schema.ts';
import { clouds } from './values/schema-clouds.ts';

function outputFolder(command: Command, cloud: CloudName, root: string): string {
  if (command.out && command.cloud) return command.out;
  // A Helm chart is built for one installation. It is not committed, and git ignores dist.
  return join(command.out ?? (command.format === 'helm' ? 'dist/helm' : root), cloud);
}

async function build(values: Values, format: Command['format']): Promise<FolderContent> {
  checkValues(values);
  const files = synthesize(values);
  const documents = files.flatMap(({ name, objects }) =>
    objects.map((object) => ({ file: `${values.cloud}/${name}.yaml`, object })),
  );
  checkEnvironments(values, documents);
  const findings = await validateManifests(documents, {
    kubernetesVersion: values.kubernetesVersion,
    // The operator has chosen environment variables over files.
    allow: values.secrets.delivery === 'env' ? ['secrets-as-files'] : [],
  });
  if (findings.length > 0) throw new GateError(findings.join('\n'));
  return format === 'helm' ? helmContent(values, files) : plainContent(files);
}

/**
 * Loads the values, creates the objects, checks them, writes the files and returns the paths of the written folders.
 * @param warn called with each warning, after everything has been checked and before anything is written
 * @throws UsageError, ValuesError, SetFlagError, GateError, SecretsError or OutputFolderError before it writes a file
 */
export async function runSynth(
  args: readonly string[],
  root = 'k8s-out',
  warn: (line: string) => void = () => undefined,
): Promise<string[]> {
  const command = parseCommandLine(args);
  const selectedClouds = command.cloud === undefined ? clouds : [parseCloud(command.cloud)];
  const sources = selectedClouds.map((cloud) => ({ cloud, values: loadValues(cloud, command) }));
  const folders = new Map<string, FolderContent>();
  for (const { cloud, values } of sources)
    folders.set(outputFolder(command, cloud, root), await build(values, command.format));
  const [first] = sources;
  const secret = first && readSecrets(command.secretsFrom, first.values);
  for (const { values } of sources) for (const line of warningsOf(values)) warn(line);
  replaceFolders(folders);
  if (command.cloud === undefined && command.out === undefined && command.format === 'plain') {
    writeSchema();
    writeDashboards();
  }
  if (secret) writeSecretFile(secret);
  return [...folders.keys(), ...(secret ? [secret.path] : [])];
}
