import { ApiObject, App } from 'cdk8s';
import { AuthChart } from './auth-chart.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import type { Values } from './values/schema.ts';

/** Creates all objects for these values, grouped by file. The same values always give the same bytes. */
export function synthesize(values: Values): ManifestFile[] {
  const chart = new AuthChart(new App(), values.cloud, values);
  return chart.node.children.flatMap((group) => {
    const objects = group.node
      .findAll()
      .filter((node): node is ApiObject => ApiObject.isApiObject(node))
      // reason: addObject created the ApiObject from a Manifest, and toJson only sorts its keys.
      .map((object) => object.toJson() as Manifest);
    return objects.length > 0 ? [{ name: group.node.id, objects }] : [];
  });
}
