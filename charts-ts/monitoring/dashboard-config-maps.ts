import { Construct } from 'constructs';
import type { IConfigMap } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { placedMetadata, uniqueName } from '../names.ts';
import { guide, shortHash } from '../values/installation.ts';
import type { Values } from '../values/schema.ts';
import { authentication } from './dashboards/authentication.ts';
import { type DashboardName, grafanaDashboard } from './dashboards/grafana.ts';
import type { GrafanaDashboard } from './dashboards/grafana-types.ts';
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
 * Grafana has each uid once, with at most 40 characters, and each title once in a folder. Those of the guide's installation are
 * as they were.
 */
function nameOf(values: Values, name: string, { title }: DashboardDefinition): DashboardName {
  const unique = uniqueName(values);
  const isGuides = unique === guide.name;
  const location = `${values.namespace.name}/${values.name}`;
  return {
    uid: `${isGuides ? guide.name : `auth-${shortHash(unique)}`}-${name}`,
    title: isGuides ? title : `${title} (${location})`,
  };
}

/** The dashboards in Grafana's import format, by their file name without `.json`. */
export function grafanaDashboards(values: Values): Map<string, GrafanaDashboard> {
  const all = Object.entries(dashboardDefinitions(values)).map(([file, definition]) => {
    return { file, definition, name: nameOf(values, file, definition) };
  });
  return new Map(
    all.map(({ definition, file, name }) => {
      const others = all.filter((other) => other.file !== file).map((other) => other.name);
      return [file, grafanaDashboard(values, name, definition, others)];
    }),
  );
}

export const dashboardText = (dashboard: GrafanaDashboard): string =>
  `${JSON.stringify(dashboard, null, 2)}\n`;

/** One ConfigMap for each dashboard, with the labels by which the Grafana sidecar finds it. */
export class DashboardConfigMaps extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { annotations, labels, namespace } = values.monitoring.dashboards;
    const extras = { component: 'monitoring', annotations, labels };
    for (const [name, dashboard] of grafanaDashboards(values)) {
      addObject<IConfigMap>(this, name, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: placedMetadata(values, namespace, `-dashboard-${name}`, extras),
        // The sidecar writes the files of all ConfigMaps of the cluster into one folder.
        data: { [`${uniqueName(values)}-${name}.json`]: dashboardText(dashboard) },
      });
    }
  }
}
