import { Construct } from 'constructs';
import type { IConfigMap } from 'kubernetes-models/v1';
import { addObject } from '../../manifest.ts';
import { metadata, names } from '../../names.ts';
import type { Values } from '../../values/schema.ts';

/** Grafana dashboards by file name, without `.json`; modules of this folder are added here. */
export const dashboards: Readonly<Record<string, object>> = {};

/** One ConfigMap per dashboard, found by the Grafana sidecar through its labels. */
export class Dashboards extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    for (const [name, dashboard] of Object.entries(dashboards)) {
      addObject<IConfigMap>(this, name, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata(values, `${names.app}-dashboard-${name}`, {
          component: 'monitoring',
          labels: values.monitoring.dashboards.labels,
        }),
        data: { [`${name}.json`]: `${JSON.stringify(dashboard, null, 2)}\n` },
      });
    }
  }
}
