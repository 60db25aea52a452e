import { Yaml } from 'cdk8s';
import { jobsFolder } from '../jobs-chart.ts';
import type { ManifestFile } from '../manifest.ts';
import type { FolderContent } from './output-folder.ts';

/** The objects of one file as YAML documents. */
export function toYaml({ objects }: ManifestFile): string {
  return Yaml.stringify(...objects);
}

/**
 * For `kubectl apply -k DIR` and as the base of overlays. Kustomize also finds a file without an extension, and `kubectl apply -f
 * DIR` does not read it. With `fifo`, the order of the files remains that of the objects.
 */
function kustomization(files: readonly ManifestFile[]): string {
  return Yaml.stringify({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: files.filter(({ name }) => !name.startsWith(jobsFolder)).map(({ name }) => `${name}.yaml`),
    sortOptions: { order: 'fifo' },
  });
}

/** One YAML file for each group of objects. `kubectl apply -f DIR` applies them in the order of their names. */
export function plainContent(files: readonly ManifestFile[]): FolderContent {
  return new Map([
    ...files.map((file): [string, string] => [`${file.name}.yaml`, toYaml(file)]),
    ['Kustomization', kustomization(files)],
  ]);
}
