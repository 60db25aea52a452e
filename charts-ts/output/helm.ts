import { readFileSync } from 'node:fs';
import { Yaml } from 'cdk8s';
import { jobsFolder } from '../jobs-chart.ts';
import type { Manifest, ManifestFile } from '../manifest.ts';
import { namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { earlierConfigurations } from './helm-earlier-configurations.ts';
import { upgradeHooks } from './helm-hooks.ts';
import { notes, readme } from './helm-texts.ts';
import type { FolderContent } from './output-folder.ts';
import { toYaml } from './plain.ts';

const packageFile = new URL('../../package.json', import.meta.url);
const builtIn = /^(v1|apps\/v1|batch\/v1|policy\/v1|autoscaling\/v2|(networking|scheduling)\.k8s\.io\/v1)$/;

/** Kinds that a cluster may not know or that another team may manage. The installation can leave each of them out. */
function isOptional({ apiVersion, kind }: Manifest): boolean {
  return kind === 'Namespace' || !builtIn.test(apiVersion);
}

/** Prometheus and Grafana use {{ }} too. Helm must output these braces and not execute them. */
function escapeBraces(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}');
}

const toDocument = (object: Manifest): string => `---\n${escapeBraces(Yaml.stringify(object))}`;

/** When Helm writes an object. A release in the namespace itself has created it before. */
function conditionOf({ kind, metadata }: Manifest): string {
  const isIncluded = `.Values.include.${kind}`;
  return kind === 'Namespace' ? `and ${isIncluded} (ne .Release.Namespace "${metadata?.name}")` : isIncluded;
}

/**
 * Helm installs Jobs after Deployments. An upgrade therefore migrates in a hook. The first installation cannot: what the Job
 * needs does not exist before it, and a hook after it would never run with --wait, because pods are not ready without a
 * schema. Its pods wait for the Job.
 */
function migrationTemplate(job: Manifest, files: readonly ManifestFile[]): string {
  const hooks = upgradeHooks(job, files).map(toDocument).join('');
  return `{{- if .Release.IsUpgrade }}\n${hooks}{{- else }}\n${toDocument(job)}{{- end }}\n`;
}

function toTemplate(object: Manifest, files: readonly ManifestFile[]): string {
  const { annotations = {}, labels = {} } = object.metadata ?? {};
  const isMigration = object.kind === 'Job' && labels['app.kubernetes.io/component'] === 'migrate';
  if (isMigration && !annotations['helm.sh/hook']) return migrationTemplate(object, files);
  const document = toDocument(object);
  return isOptional(object) ? `{{- if ${conditionOf(object)} }}\n${document}{{- end }}\n` : document;
}

function chartFile(values: Values): string {
  return Yaml.stringify({
    apiVersion: 'v2',
    name: namesOf(values).app,
    description: `auth-service on ${values.cloud}`,
    type: 'application',
    version: values.chart.version ?? String(JSON.parse(readFileSync(packageFile, 'utf8')).version),
    appVersion: values.image.tag,
    kubeVersion: '>=1.28.0-0',
  });
}

/** The schema of the few values that an installation has. A chart above this one adds `enabled` and `global`. */
function schemaFile(optional: readonly string[]): string {
  const boolean = { type: 'boolean' };
  const include = {
    type: 'object',
    properties: Object.fromEntries(optional.map((kind) => [kind, boolean])),
    additionalProperties: false,
  };
  const properties = { include, enabled: boolean, global: { type: 'object' } };
  return `${JSON.stringify({ type: 'object', properties, additionalProperties: false }, null, 2)}\n`;
}

const valuesComment = `# Set a kind to false if your cluster does not know it or if another team manages it. A parent chart may also set enabled,
# for the condition of the dependency, and global, which this chart does not read.
`;

/** A Helm chart with the same objects as the plain output. */
export function helmContent(values: Values, files: readonly ManifestFile[]): FolderContent {
  // Helm would run the Jobs with each installation. Outside of templates it leaves them alone.
  const isJob = ({ name }: ManifestFile) => name.startsWith(jobsFolder);
  const templates = files.filter((file) => !isJob(file));
  const objects = templates.flatMap((file) => file.objects);
  const optional = [...new Set(objects.filter(isOptional).map(({ kind }) => kind))].sort();
  const defaults = { include: Object.fromEntries(optional.map((kind) => [kind, true])) };
  const toFile = (file: ManifestFile): [string, string] => [
    `templates/${file.name}.yaml`,
    file.objects.map((object) => toTemplate(object, templates)).join(''),
  ];
  return new Map([
    ['Chart.yaml', chartFile(values)],
    ['README.md', readme(values)],
    ['values.yaml', valuesComment + Yaml.stringify(defaults)],
    ['values.schema.json', schemaFile(optional)],
    ['templates/NOTES.txt', notes(values, objects)],
    ...templates.map(toFile),
    ['templates/12-earlier-configurations.yaml', earlierConfigurations(values, templates)],
    ...files.filter(isJob).map((file): [string, string] => [`${file.name}.yaml`, toYaml(file)]),
  ]);
}
