import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { placedMetadata, uniqueName } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { attackAlerts, attackPages } from './alerts/attack-rules.ts';
import { backupAlerts } from './alerts/backup-rules.ts';
import { dependencyAlerts, postgresOutageAlert } from './alerts/dependency-rules.ts';
import { kubernetesAlerts, migrationAlert } from './alerts/kubernetes-rules.ts';
import { loginAlerts } from './alerts/login-rules.ts';
import { maintenanceAlerts } from './alerts/maintenance-rules.ts';
import { outageEnded } from './alerts/outages.ts';
import { processAlerts, requestsAbortedAlert } from './alerts/process-rules.ts';
import type { RuleGroup } from './alerts/rule.ts';
import { noPodReadyAlert, scrapeAlerts, scrapeRecordings, serviceDownAlert } from './alerts/scrape-rules.ts';
import { trafficRecordings } from './alerts/traffic.ts';
import { dashboardRecordings } from './recordings.ts';
import { budgetCounts, budgetRatios } from './slo/budget-rules.ts';
import { fastBurnAlert, recordings, slowBurnAlerts } from './slo/burn-rate-rules.ts';
import { availability, latency } from './slo/objectives.ts';

/**
 * The symptoms that page, and tickets whose windows contain the cause for long. Prometheus evaluates the rules of a group one after
 * the other, and the order is that of cause and effect: when a cause ends, what follows from it ends in the same evaluation, before
 * Alertmanager could notify somebody of it.
 */
const symptoms = (values: Values): RuleGroup['rules'] => [
  ...scrapeRecordings(values),
  serviceDownAlert(values),
  postgresOutageAlert(values),
  noPodReadyAlert(values),
  outageEnded(values),
  fastBurnAlert(values, availability),
  ...loginAlerts(values),
  fastBurnAlert(values, latency),
  requestsAbortedAlert(values),
  migrationAlert(values),
];

/** All rules of the charts. Prometheus and Mimir report each group by its name. */
export function ruleGroups(values: Values): RuleGroup[] {
  const groups: Record<string, Omit<RuleGroup, 'name'>> = {
    objectives: { rules: [...recordings(values), ...trafficRecordings(values)] },
    symptoms: { rules: symptoms(values) },
    attacks: { rules: [...attackPages(values), ...attackAlerts(values)] },
    budgets: { rules: slowBurnAlerts(values) },
    'budget-counts': budgetCounts(values),
    'budget-ratios': budgetRatios(values),
    scrapes: { rules: scrapeAlerts(values) },
    kubernetes: { rules: kubernetesAlerts(values) },
    dependencies: { rules: dependencyAlerts(values) },
    processes: { rules: processAlerts(values) },
    maintenance: { rules: [...maintenanceAlerts(values), ...backupAlerts(values)] },
    dashboards: { rules: dashboardRecordings(values) },
  };
  return Object.entries(groups).map(([name, group]) => ({ name: `${uniqueName(values)}-${name}`, ...group }));
}

/** What an operator wants of the rules: without some alerts, and with groups of the operator's own. */
function wantedGroups(values: Values) {
  const { disabled, extraGroups } = values.monitoring.rules;
  const groups = ruleGroups(values).map(({ rules, ...group }) => ({
    ...group,
    rules: rules.filter((rule) => !('alert' in rule && disabled.includes(rule.alert))),
  }));
  const ofCharts = groups.filter(({ rules }) => rules.length > 0);
  // reason: the schema of the values takes any map here, and the gate checks it against the type of a PrometheusRule.
  return [...ofCharts, ...(extraGroups as unknown as typeof ofCharts)];
}

/** All alerting and recording rules in one PrometheusRule. docs/runbooks has one page for each alert. */
export class PrometheusRule extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { annotations, labels, namespace } = values.monitoring.rules;
    addObject<IPrometheusRule>(this, 'rules', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: placedMetadata(values, namespace, '', { component: 'monitoring', annotations, labels }),
      spec: { groups: wantedGroups(values) },
    });
  }
}
