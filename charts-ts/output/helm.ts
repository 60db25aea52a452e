import { readFileSync } from 'node:fs';
import { Yaml } from 'cdk8s';
import { jobsFolder } from '../jobs-chart.ts';
import type { Manifest, ManifestFile } from '../manifest.ts';
import { names } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { earlierConfigurations } from './helm-earlier-configurations.ts';
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

function toTemplate({ objects }: ManifestFile): string {
  return objects
    .map((object) => {
      const body = `---\n${escapeBraces(Yaml.stringify(object))}`;
      return isOptional(object) ? `{{- if .Values.include.${object.kind} }}\n${body}{{- end }}\n` : body;
    })
    .join('');
}

function readme(values: Values): string {
  return `# auth-service for ${values.cloud}

npm run synth -- --format helm wrote this chart and applied all values to it. To change a value, run synth again with
-f or --set. The values.yaml of this chart only chooses which kinds of objects the installation leaves out.

    helm upgrade --install auth-service DIR --namespace auth-releases --create-namespace

The release needs another namespace than the service, because the chart creates ${values.namespace.name}.
`;
}

/** A Helm chart with the same objects as the plain output. */
export function helmContent(values: Values, files: readonly ManifestFile[]): FolderContent {
  // Helm would run the Jobs with each installation. Outside of templates it leaves them alone.
  const isJob = ({ name }: ManifestFile) => name.startsWith(jobsFolder);
  const templates = files.filter((file) => !isJob(file));
  const optional = templates
    .flatMap(({ objects }) => objects.filter(isOptional).map(({ kind }) => kind))
    .sort();
  const kinds = Object.fromEntries(optional.map((kind) => [kind, { type: 'boolean' }]));
  const include = { type: 'object', properties: kinds, additionalProperties: false };
  const schema = { type: 'object', properties: { include, global: {} }, additionalProperties: false };
  const chart = {
    apiVersion: 'v2',
    name: names.app,
    description: `auth-service on ${values.cloud}`,
    type: 'application',
    version: String(JSON.parse(readFileSync(packageFile, 'utf8')).version),
    appVersion: values.image.tag,
    kubeVersion: '>=1.28.0-0',
  };
  const comment = '# Set a kind to false if your cluster does not know it or if another team manages it.\n';
  const defaults = { include: Object.fromEntries(optional.map((kind) => [kind, true])) };
  return new Map([
    ['Chart.yaml', Yaml.stringify(chart)],
    ['README.md', readme(values)],
    ['values.yaml', comment + Yaml.stringify(defaults)],
    ['values.schema.json', `${JSON.stringify(schema, null, 2)}\n`],
    ...templates.map((file): [string, string] => [`templates/${file.name}.yaml`, toTemplate(file)]),
    ['templates/12-earlier-configurations.yaml', earlierConfigurations(values, templates)],
    ...files.filter(isJob).map((file): [string, string] => [`${file.name}.yaml`, toYaml(file)]),
  ]);
}
