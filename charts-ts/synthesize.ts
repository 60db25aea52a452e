import { ApiObject, App } from 'cdk8s';
import { AuthChart } from './auth-chart.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import type { Values } from './values/schema.ts';

/** All objects for these values, by file; the same values give the same bytes. */
export function synthesize(values: Values): ManifestFile[] {
  const chart = new AuthChart(new App(), values.cloud, values);
  return chart.node.children.flatMap((part) => {
    const objects = part.node
      .findAll()
      .filter((node): node is ApiObject => ApiObject.isApiObject(node))
      // reason: ApiObject was made from a Manifest (manifest.ts); toJson only sorts its keys.
      .map((object) => object.toJson() as Manifest);
    return objects.length > 0 ? [{ name: part.node.id, objects }] : [];
  });
}
