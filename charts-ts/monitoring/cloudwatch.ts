import type { DashboardDefinition, Logs } from './panel.ts';

/** The guide's group (section 6.3). */
export const logGroup = { logGroupName: '/ecs/auth-service', tags: { service: 'auth-service' } };
/** Days; the login history of the database is kept longer. */
export const logRetention = { logGroupName: logGroup.logGroupName, retentionInDays: 90 };

const size = { width: 12, height: 6 };

function widget(title: string, { query, unit }: Logs, index: number, region: string): object {
  return {
    type: 'log',
    x: (index % 2) * size.width,
    y: Math.floor(index / 2) * size.height,
    ...size,
    properties: {
      title: `${title} (${unit})`,
      region,
      // Series by a label beside the time need the table; CloudWatch draws a line of one value a time.
      view: query.match(/by bin\(\w+\)$/) ? 'timeSeries' : 'table',
      query: `SOURCE '${logGroup.logGroupName}' | ${query}`,
    },
  };
}

/** The panels whose facts are in the log too, for `aws cloudwatch put-dashboard --dashboard-body file://…`. */
export function cloudwatchDashboard(dashboards: readonly DashboardDefinition[], region: string): object {
  const panels = dashboards.flatMap(({ sections }) => sections.flatMap((section) => section.panels));
  const known = panels.flatMap(({ logs, title }) => (logs ? [{ logs, title }] : []));
  return { widgets: known.map(({ logs, title }, index) => widget(title, logs, index, region)) };
}
