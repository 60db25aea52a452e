import { guide } from '../../values/installation.ts';
import type { Values } from '../../values/schema.ts';
import { insightsFilter, logGroup } from './cloudwatch.ts';
import type { DashboardLink, Json, VariableModel } from './grafana-types.ts';
import { lokiQuery } from './loki.ts';
import type { LogsQuery, Panel } from './panel.ts';
import { dataSourceVariable } from './variables.ts';

type Link = Json<DashboardLink>;

function link(title: string, url: string, more: Partial<Link> = {}): Link {
  const plain = { type: 'link', icon: 'external link', tooltip: '', tags: [], asDropdown: false } as const;
  return { ...plain, title, url, targetBlank: true, includeVars: false, keepTime: false, ...more };
}

/** Encodes a part of a URL, but for the names of variables, which Grafana replaces before it opens the link. */
const encoded = (value: object): string =>
  encodeURIComponent(JSON.stringify(value)).replace(/%24(\w+)/g, '$$$1');

/** A link to Explore, which runs a query of the data source that the variable names, over the time of the dashboard. */
function exploreLink(title: string, variable: string, type: string, query: object): Link {
  const datasource = `$${variable}`;
  const pane = {
    datasource,
    queries: [{ refId: 'A', datasource: { type, uid: datasource }, ...query }],
    range: { from: '$__from', to: '$__to' },
  };
  return link(title, `/explore?schemaVersion=1&panes=${encoded({ a: pane })}`);
}

type Search = Pick<LogsQuery, 'condition' | 'routes'>;

function insightsQuery(search: Search): object {
  const expression = `fields @timestamp, @message | ${insightsFilter(search)} | sort @timestamp desc`;
  return { queryMode: 'Logs', region: 'default', logGroupNames: [logGroup.logGroupName], expression };
}

/** A link to the lines of the log, if the values say where the log is. */
function logsLinks(values: Values, title: string, search: Search): Link[] {
  const { logs } = values.monitoring.dashboards;
  if (!logs) return [];
  const query = logs === 'loki' ? lokiQuery(values, search) : insightsQuery(search);
  return [exploreLink(title, 'logs', logs, query)];
}

/** A link to the traces of the service, if the values say where traces are. @param condition of TraceQL */
function tracesLinks(values: Values, title: string, condition: string): Link[] {
  const { traces } = values.monitoring.dashboards;
  if (!traces) return [];
  const service = values.extraConfig.OTEL_SERVICE_NAME ?? guide.name;
  const query = `{ resource.service.name = ${JSON.stringify(service)} && ${condition} }`;
  return [exploreLink(title, 'traces', traces, { queryType: 'traceql', query, limit: 20 })];
}

/** Variables that choose the data sources of logs and traces. */
export function linkVariables(values: Values): Json<VariableModel>[] {
  const { logs, traces } = values.monitoring.dashboards;
  return [
    ...(logs ? [dataSourceVariable('logs', 'Logs', logs)] : []),
    ...(traces ? [dataSourceVariable('traces', 'Traces', traces)] : []),
  ];
}

/** Links of a panel: to the runbooks of its alerts, to the lines of the log and to the traces that it counts. */
export function panelLinks(values: Values, { alerts = [], logs, traces }: Panel): Link[] {
  const { runbooks } = values.monitoring.rules;
  return [
    ...(runbooks ? alerts.map((alert) => link(`Runbook ${alert}`, `${runbooks}/${alert}.md`)) : []),
    ...(logs ? logsLinks(values, 'Logs', logs) : []),
    ...(traces ? tracesLinks(values, 'Traces', traces) : []),
  ];
}

/** Links of a dashboard: to the others with the same choices and time, to the log and to the traces of failed requests. */
export function dashboardLinks(values: Values, others: readonly { uid: string; title: string }[]): Link[] {
  return [
    ...others.map(({ title, uid }) =>
      link(title, `/d/${uid}`, { icon: 'dashboard', targetBlank: false, includeVars: true, keepTime: true }),
    ),
    ...logsLinks(values, 'Warnings and errors in the log', {
      condition: 'level != "debug" and level != "info"',
    }),
    ...tracesLinks(values, 'Traces of server errors', 'status = error'),
  ];
}
