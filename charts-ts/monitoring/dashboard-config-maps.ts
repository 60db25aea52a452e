import { Construct } from 'constructs';
import type { IConfigMap } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { authentication } from './dashboards/authentication.ts';
import { grafanaDashboard } from './dashboards/grafana.ts';
import { overview } from './dashboards/overview.ts';
import type { DashboardDefinition } from './dashboards/panel.ts';
import { runtime } from './dashboards/runtime.ts';

/** All dashboards by their file name without `.json`. */
export function dashboardDefinitions(values: Values): Readonly<Record<string, DashboardDefinition>> {
  return {
    overview: overview(values),
    authentication: authentication(values),
    runtime: runtime(values),
  };
}

export function dashboardText(name: string, definition: DashboardDefinition): string {
  return `${JSON.stringify(grafanaDashboard(`auth-service-${name}`, definition), null, 2)}\n`;
}

/** One ConfigMap for each dashboard, with the labels by which the Grafana sidecar finds it. */
export class DashboardConfigMaps extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    for (const [name, definition] of Object.entries(dashboardDefinitions(values))) {
      addObject<IConfigMap>(this, name, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata(values, `${namesOf(values).app}-dashboard-${name}`, {
          component: 'monitoring',
          labels: values.monitoring.dashboards.labels,
        }),
        data: { [`${name}.json`]: dashboardText(name, definition) },
      });
    }
  }
}
