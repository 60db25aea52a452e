import { Yaml } from 'cdk8s';
import type { ManifestFile } from '../manifest.ts';
import type { FolderContent } from './output-folder.ts';

/** The objects of one file as YAML documents. */
export function toYaml({ objects }: ManifestFile): string {
  return Yaml.stringify(...objects);
}

/** One YAML file for each group of objects. `kubectl apply -f DIR` applies them in the order of their names. */
export function plainContent(files: readonly ManifestFile[]): FolderContent {
  return new Map(files.map((file) => [`${file.name}.yaml`, toYaml(file)]));
}
