import { Construct } from 'constructs';
import type { IConfigMap } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { placedMetadata, uniqueName } from '../names.ts';
import { guide, shortHash } from '../values/installation.ts';
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

/**
 * The text of a dashboard. Grafana has each uid once, with at most 40 characters, and each title once in a folder. Those of
 * the guide's installation are as they were.
 */
export function dashboardText(values: Values, name: string, definition: DashboardDefinition): string {
  const unique = uniqueName(values);
  const isGuides = unique === guide.name;
  const uid = `${isGuides ? guide.name : `auth-${shortHash(unique)}`}-${name}`;
  const location = `${values.namespace.name}/${values.name}`;
  const title = isGuides ? definition.title : `${definition.title} (${location})`;
  return `${JSON.stringify(grafanaDashboard(uid, { ...definition, title }), null, 2)}\n`;
}

/** One ConfigMap for each dashboard, with the labels by which the Grafana sidecar finds it. */
export class DashboardConfigMaps extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { annotations, labels, namespace } = values.monitoring.dashboards;
    const extras = { component: 'monitoring', annotations, labels };
    for (const [name, definition] of Object.entries(dashboardDefinitions(values))) {
      addObject<IConfigMap>(this, name, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: placedMetadata(values, namespace, `-dashboard-${name}`, extras),
        // The sidecar writes the files of all ConfigMaps of the cluster into one folder.
        data: { [`${uniqueName(values)}-${name}.json`]: dashboardText(values, name, definition) },
      });
    }
  }
}
