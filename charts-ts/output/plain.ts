import { Yaml } from 'cdk8s';
import type { ManifestFile } from '../manifest.ts';
import type { FolderContent } from './folder.ts';

/** Objects as YAML documents. */
export function toYaml({ objects }: ManifestFile): string {
  return Yaml.stringify(...objects);
}

/** One YAML file per part, whose names order what `kubectl apply -f DIR` sends. */
export function plainContent(files: readonly ManifestFile[]): FolderContent {
  return new Map(files.map((file) => [`${file.name}.yaml`, toYaml(file)]));
}
