import { join } from 'node:path';
import { type Command, parseCommandLine } from './command-line.ts';
import { checkManifests } from './gate/gate.ts';
import { type FolderContent, replaceFolders } from './output/folder.ts';
import { helmContent } from './output/helm.ts';
import { plainContent } from './output/plain.ts';
import { writeSchema } from './output/schema-file.ts';
import { readSecrets, writeSecretFile } from './output/secret-file.ts';
import { synthesize } from './synthesize.ts';
import { type CloudName, type Values } from './values/schema.ts';
import { clouds } from './values/schema-clouds.ts';
import { loadValues, parseCloud } from './values.ts';

/** cdk8s tells its app where to write; npm run synth writes what is committed. */
const defaultRoot = (): string => process.env.CDK8S_OUTDIR ?? 'k8s-out';

function folderOf(command: Command, cloud: CloudName): string {
  const root = command.out ?? defaultRoot();
  if (command.out && command.cloud) return root;
  return join(root, command.format === 'helm' ? `${cloud}-helm` : cloud);
}

async function build(values: Values, format: Command['format']): Promise<FolderContent> {
  const files = synthesize(values);
  await checkManifests(
    files.flatMap(({ name, objects }) => objects.map((object) => ({ file: `${values.cloud}/${name}.yaml`, object }))),
    values.kubernetesVersion,
  );
  return format === 'helm' ? helmContent(values, files) : plainContent(files);
}

/**
 * Values to files: reads, synthesizes, checks, and only then touches the disk.
 * @throws UsageError, ValuesError, SetFlagError, GateError, SecretsError or FolderError, having written nothing
 */
export async function runSynth(args: readonly string[]): Promise<void> {
  const command = parseCommandLine(args);
  const chosen = command.cloud === undefined ? clouds : [parseCloud(command.cloud)];
  const sources = chosen.map((cloud) => ({ cloud, values: loadValues(cloud, command) }));
  const folders = new Map<string, FolderContent>();
  for (const { cloud, values } of sources) folders.set(folderOf(command, cloud), await build(values, command.format));
  const [first] = sources;
  const secret = command.secretsFrom && first ? readSecrets(command.secretsFrom, first.values) : undefined;
  replaceFolders(folders);
  if (command.cloud === undefined && command.out === undefined) writeSchema();
  if (secret) writeSecretFile(secret, first?.cloud ?? '');
}
