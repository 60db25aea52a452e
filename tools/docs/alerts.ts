import { inhibitions } from '../../charts-ts/monitoring/alerts/inhibitions.ts';
import type { Alert } from '../../charts-ts/monitoring/alerts/rule.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';

const introduction = `# Alerts

Each alert has a [runbook](runbooks/). [observability.md](observability.md#alerts) explains how the alerts are designed, and
how Alertmanager makes one page of one outage.

`;

const explanation = `
*After* is how long the condition must be true. *Silent while* names the alerts that inhibit this one, with the rules in
[alertmanager/alertmanager.yaml](alertmanager/alertmanager.yaml).
`;

/** The alert on backups exists only where the charts make them. */
const backups = { kind: 'set', text: 'backup.enabled=true,backup.claim=auth-backups' } as const;

const columns = ['alert', 'after', 'what it says', 'silent while'];

const link = (alert: string): string => `[${alert}](runbooks/${alert}.md)`;

function row({ alert, annotations, for: duration }: Alert): string {
  const sources = inhibitions.flatMap((one) => (one.consequences.includes(alert) ? one.sources : []));
  const cells = [
    link(alert),
    duration === '0m' ? 'at once' : duration,
    annotations.summary,
    sources.join(', ') || '–',
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The page of all alerts: those that page first, in the order of the rules. */
export function alertsPage(): string {
  const values = loadValues('eks', { files: [], sets: [backups] });
  const rules = ruleGroups(values).flatMap((group) => group.rules);
  const alerts = rules.filter((rule): rule is Alert => 'alert' in rule);
  const table = (severity: string): string =>
    [
      `| ${columns.join(' | ')} |`,
      `|${columns.map(() => '---|').join('')}`,
      ...alerts.filter(({ labels }) => labels.severity === severity).map(row),
      '',
    ].join('\n');
  return (
    `${introduction}## Pages\n\n\`severity: critical\`. Users are hurt, or somebody attacks them: look now.\n\n` +
    `${table('critical')}\n## Tickets\n\n\`severity: warning\`. A cause, or something that has time until the next working day.\n\n` +
    `${table('warning')}${explanation}`
  );
}
