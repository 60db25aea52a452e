import { mkdirSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import {
  dashboardDefinitions,
  dashboardText,
  grafanaDashboards,
} from '../monitoring/dashboard-config-maps.ts';
import { cloudwatchDashboard, logGroup, logRetention } from '../monitoring/dashboards/cloudwatch.ts';
import { ruleGroups } from '../monitoring/prometheus-rule.ts';
import { loadValues } from '../values/load-values.ts';
import type { Values } from '../values/schema.ts';

const location = new URL('../../docs/dashboards/', import.meta.url);
const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * The dashboards as files, for a Grafana without a sidecar and for CloudWatch, which needs the region of EKS, and the rules for a
 * Prometheus without the operator.
 */
export function dashboardFiles(values: Values = loadValues('eks', { files: [], sets: [] })) {
  const definitions = dashboardDefinitions(values);
  const region = values.eks?.region ?? 'ap-northeast-2';
  return new Map([
    ...[...grafanaDashboards(values)].map(
      ([name, dashboard]) => [`${name}.json`, dashboardText(dashboard)] as const,
    ),
    ['prometheus-rules.yaml', stringify({ groups: ruleGroups(values) }, { lineWidth: 0 })],
    ['cloudwatch-dashboard.json', json(cloudwatchDashboard(Object.values(definitions), region))],
    ['cloudwatch-log-group.json', json(logGroup)],
    ['cloudwatch-log-retention.json', json(logRetention)],
  ]);
}

/** Writes docs/dashboards. */
export function writeDashboards(): void {
  mkdirSync(location, { recursive: true });
  for (const [name, text] of dashboardFiles()) writeFileSync(new URL(name, location), text);
}
