import { readFileSync } from 'node:fs';
import { Yaml } from 'cdk8s';
import type { Manifest, ManifestFile } from '../manifest.ts';
import { names } from '../names.ts';
import type { Values } from '../values/schema.ts';
import type { FolderContent } from './folder.ts';

const builtIn = /^(v1|apps\/v1|batch\/v1|policy\/v1|autoscaling\/v2|(networking|scheduling)\.k8s\.io\/v1)$/;

/** Kinds that a cluster may lack, or that somebody else may look after: each can be left out at install. */
function isOptional({ apiVersion, kind }: Manifest): boolean {
  return kind === 'Namespace' || !builtIn.test(apiVersion);
}

/** Prometheus and Grafana write {{ }} too; Helm must hand it on instead of executing it. */
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

function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return version;
}

function readme(values: Values): string {
  return `# auth-service for ${values.cloud}

Written by npm run synth -- --format helm. The values went in there: what --set does to other charts at install,
-f and --set of npm run synth have done before. What remains to choose is which kinds to leave out, in values.yaml.

    helm upgrade --install auth-service DIR --namespace auth-releases --create-namespace

The release lives in a namespace of its own because the chart brings the namespace ${values.namespace.name}.
`;
}

/** An installable chart with the same objects as the plain output. */
export function helmContent(values: Values, files: readonly ManifestFile[]): FolderContent {
  const optional = [
    ...new Set(
      files
        .flatMap(({ objects }) => objects)
        .filter(isOptional)
        .map(({ kind }) => kind),
    ),
  ];
  const kinds = Object.fromEntries(optional.sort().map((kind) => [kind, { type: 'boolean' }]));
  const include = { type: 'object', properties: kinds, additionalProperties: false };
  const schema = { type: 'object', properties: { include, global: {} }, additionalProperties: false };
  const chart = {
    apiVersion: 'v2',
    name: names.app,
    description: `auth-service on ${values.cloud}`,
    type: 'application',
    version: packageVersion(),
    appVersion: values.image.tag,
    kubeVersion: '>=1.28.0-0',
  };
  const comment = '# Kinds that your cluster lacks or that somebody else looks after: set them to false.\n';
  const chosen = { include: Object.fromEntries(optional.map((kind) => [kind, true])) };
  return new Map([
    ['Chart.yaml', Yaml.stringify(chart)],
    ['README.md', readme(values)],
    ['values.yaml', comment + Yaml.stringify(chosen)],
    ['values.schema.json', `${JSON.stringify(schema, null, 2)}\n`],
    ...files.map((file): [string, string] => [`templates/${file.name}.yaml`, toTemplate(file)]),
  ]);
}
