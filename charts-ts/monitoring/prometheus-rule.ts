import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { placedMetadata, uniqueName } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { attackAlerts } from './alerts/attack-rules.ts';
import { availabilityAlerts } from './alerts/availability-rules.ts';
import { backupAlerts } from './alerts/backup-rules.ts';
import { dependencyAlerts } from './alerts/dependency-rules.ts';
import type { RuleGroup } from './alerts/rule.ts';
import { burnRateAlerts, recordings } from './slo/burn-rate-rules.ts';

/** All rules of the charts. Prometheus and Mimir report each group by its name. */
export function ruleGroups(values: Values): RuleGroup[] {
  const group = (name: string, rules: RuleGroup['rules']): RuleGroup => ({
    name: `${uniqueName(values)}-${name}`,
    rules,
  });
  return [
    group('availability', availabilityAlerts(values)),
    group('objectives', recordings(values)),
    group('budgets', burnRateAlerts(values)),
    group('attacks', attackAlerts(values)),
    group('dependencies', dependencyAlerts(values)),
    ...(values.backup.enabled ? [group('backups', backupAlerts(values))] : []),
  ];
}

/** What an operator wants of the rules: without some alerts, and with groups of the operator's own. */
function wantedGroups(values: Values) {
  const { disabled, extraGroups } = values.monitoring.rules;
  const groups = ruleGroups(values).map(({ name, rules }) => ({
    name,
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
