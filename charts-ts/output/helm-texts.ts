import type { Manifest } from '../manifest.ts';
import { namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** The README of a chart. */
export function readme(values: Values): string {
  const { app } = namesOf(values);
  const { create, name } = values.namespace;
  const where = create ? 'auth-releases' : name;
  return `# ${app} for ${values.cloud}

npm run synth -- --format helm wrote this chart and applied all values to it. To change a value, run synth again with
-f or --set. The values.yaml of this chart only chooses which kinds of objects the installation leaves out.

    helm upgrade --install ${app} DIR --namespace ${where} --create-namespace

All objects of the service are in the namespace ${name}, whatever the namespace of the release is.

As a dependency of another chart:

    dependencies:
      - name: ${app}
        version: VERSION
        repository: file://DIR
        alias: auth
        condition: auth.enabled
`;
}

const commandOf = (name: string, labels: Readonly<Record<string, string>>): string =>
  `kubectl label namespace ${name} --overwrite ${Object.entries(labels)
    .filter(([key]) => !key.startsWith('app'))
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')}`;

/** What Helm prints after an installation. */
export function notes(values: Values, objects: readonly Manifest[]): string {
  const { name } = values.namespace;
  const namespace = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata?.name === name);
  const labels = namespace?.metadata?.labels ?? {};
  const withoutLabels = `{{- if eq .Release.Namespace "${name}" }}

The namespace of the release existed before. Give it the labels of the chart:

    ${commandOf(name, labels)}
{{- end }}
`;
  return `The service starts in the namespace ${name}:

    kubectl -n ${name} rollout status deployment/${namesOf(values).app} --timeout=10m
${namespace ? withoutLabels : ''}`;
}
