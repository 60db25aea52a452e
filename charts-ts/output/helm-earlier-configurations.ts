import type { ManifestFile } from '../manifest.ts';
import type { Values } from '../values/schema.ts';

/** The names of the ConfigMaps that the chart itself has. */
function newestNames(files: readonly ManifestFile[]): string {
  const maps = files.flatMap(({ objects }) => objects).filter(({ kind }) => kind === 'ConfigMap');
  return maps.map(({ metadata }) => `"${metadata?.name}"`).join(' ');
}

/**
 * A template that repeats the ConfigMaps of earlier configurations, which this release has written and the cluster keeps.
 * Without it `helm rollback` fails, also the one of `--rollback-on-failure`: Helm refuses to update an object that is in the
 * cluster and not in the current release. `helm template` without a cluster prints nothing here.
 */
export function earlierConfigurations({ name, namespace }: Values, files: readonly ManifestFile[]): string {
  return `{{- range (lookup "v1" "ConfigMap" "${namespace.name}" "").items }}
{{- $annotations := .metadata.annotations | default dict }}
{{- $labels := .metadata.labels | default dict }}
{{- $isOfRelease := eq (get $annotations "meta.helm.sh/release-name") $.Release.Name }}
{{- $isOfInstallation := eq (get $labels "auth-service/installation") "${name}" }}
{{- $isConfiguration := eq (get $labels "app.kubernetes.io/component") "configuration" }}
{{- if and $isOfRelease $isOfInstallation $isConfiguration (not (has .metadata.name (list ${newestNames(files)}))) }}
{{- $metadata := pick .metadata "name" "namespace" "labels" "annotations" }}
---
{{ toYaml (dict "apiVersion" "v1" "kind" "ConfigMap" "metadata" $metadata "immutable" true "data" .data) }}
{{- end }}
{{- end }}
`;
}
