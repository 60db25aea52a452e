import type { Manifest } from '../manifest.ts';
import { isTree, type Tree } from '../values/merge.ts';
import type { Target } from '../values/schema-patches.ts';
import { meetsSelector } from './label-selector.ts';

/** Group and version of `apps/v1`, or of `v1`. */
function partsOf(apiVersion: string) {
  const [first = '', second] = apiVersion.split('/');
  return second === undefined ? { group: '', version: first } : { group: first, version: second };
}

/** As in Kustomize, an expression matches the whole text, and an empty one everything. */
const fits = (expression: string | undefined, text: string): boolean =>
  !expression || new RegExp(`^(?:${expression})$`).test(text);

/** Whether a patch with this target changes the object. */
export function isTargetOf(target: Target, { apiVersion, kind, metadata }: Manifest): boolean {
  const { group, version } = partsOf(apiVersion);
  const maps: Tree = isTree(metadata) ? metadata : {};
  const mapOf = (field: string): Tree => (isTree(maps[field]) ? maps[field] : {});
  return (
    (target.apiVersion === undefined || target.apiVersion === apiVersion) &&
    fits(target.group, group) &&
    fits(target.version, version) &&
    fits(target.kind, kind) &&
    fits(target.name, metadata?.name ?? metadata?.generateName ?? '') &&
    fits(target.namespace, metadata?.namespace ?? '') &&
    (!target.labelSelector || meetsSelector(target.labelSelector, mapOf('labels'))) &&
    (!target.annotationSelector || meetsSelector(target.annotationSelector, mapOf('annotations')))
  );
}
