import { ApiObject, App, type Chart } from 'cdk8s';
import { AuthChart, extraObjectsFile } from './auth-chart.ts';
import { JobsChart, jobsFolder } from './jobs-chart.ts';
import { withCommonMetadata } from './kubernetes/common-metadata.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { applyPatches } from './patches/apply-patches.ts';
import { renameChanged } from './patches/rename-changed.ts';
import type { Values } from './values/schema.ts';

/** The objects of a chart, grouped by file. */
function filesOf(values: Values, chart: Chart, folder = ''): ManifestFile[] {
  return chart.node.children.flatMap((group) => {
    const objects = group.node
      .findAll()
      .filter((node): node is ApiObject => ApiObject.isApiObject(node))
      // reason: addObject created the ApiObject from a Manifest, and toJson only sorts its keys.
      .map((object) => withCommonMetadata(values, object.toJson() as Manifest));
    return objects.length > 0 ? [{ name: `${folder}${group.node.id}`, objects }] : [];
  });
}

/**
 * Creates all objects for these values, grouped by file, and patches them. The same values always give the same bytes.
 * @throws ValuesError for a patch that matches nothing or cannot be applied
 */
export function synthesize(values: Values): ManifestFile[] {
  const app = new App();
  const files = [
    ...filesOf(values, new AuthChart(app, values.cloud, values)),
    ...filesOf(values, new JobsChart(app, `${values.cloud}-jobs`, values), jobsFolder),
  ];
  if (values.patches.length === 0) return files;
  // The plain objects: a JsonPatch of cdk8s changes objects before they are complete.
  const patched = applyPatches(files, values.patches);
  // An operator chooses the names of objects of his own, also of those that cannot change.
  const ours = files.filter(({ name }) => name !== extraObjectsFile);
  return renameChanged(ours, patched);
}
