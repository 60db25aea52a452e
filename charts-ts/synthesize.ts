import { ApiObject, App, type Chart } from 'cdk8s';
import { AuthChart } from './auth-chart.ts';
import { JobsChart, jobsFolder } from './jobs-chart.ts';
import { withCommonMetadata } from './kubernetes/common-metadata.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
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

/** Creates all objects for these values, grouped by file. The same values always give the same bytes. */
export function synthesize(values: Values): ManifestFile[] {
  const app = new App();
  return [
    ...filesOf(values, new AuthChart(app, values.cloud, values)),
    ...filesOf(values, new JobsChart(app, `${values.cloud}-jobs`, values), jobsFolder),
  ];
}
