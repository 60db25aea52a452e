import type { DashboardDefinition, LogsQuery } from './panel.ts';

/** The log group of the deployment guide (section 6.3). */
export const logGroup = { logGroupName: '/ecs/auth-service', tags: { service: 'auth-service' } };
/** Retention in days. */
export const logRetention = { logGroupName: logGroup.logGroupName, retentionInDays: 90 };

const size = { width: 12, height: 6 };

/** The command of CloudWatch Logs Insights that selects the lines. */
export function insightsFilter({ condition, routes }: Pick<LogsQuery, 'condition' | 'routes'>): string {
  const routeCondition = routes ? ` and route like /^${routes.replaceAll('/', '\\/')}$/` : '';
  return `filter ${condition}${routeCondition}`;
}

function widget(title: string, logs: LogsQuery, index: number, region: string): object {
  const query = `${insightsFilter(logs)} | ${logs.stats}`;
  return {
    type: 'log',
    x: (index % 2) * size.width,
    y: Math.floor(index / 2) * size.height,
    ...size,
    properties: {
      title: `${title} (${logs.unit})`,
      region,
      // CloudWatch cannot draw a time series that is grouped by another field too.
      view: query.match(/by bin\(\w+\)$/) ? 'timeSeries' : 'table',
      query: `SOURCE '${logGroup.logGroupName}' | ${query}`,
    },
  };
}

/** The panels with a log query, for `aws cloudwatch put-dashboard --dashboard-body file://…`. */
export function cloudwatchDashboard(dashboards: readonly DashboardDefinition[], region: string): object {
  const panels = dashboards.flatMap(({ sections }) => sections.flatMap((section) => section.panels));
  const withLogs = panels.flatMap(({ logs, title }) => (logs ? [{ logs, title }] : []));
  return { widgets: withLogs.map(({ logs, title }, index) => widget(title, logs, index, region)) };
}
