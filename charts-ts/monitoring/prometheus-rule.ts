import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { attackAlerts } from './alerts/attack-rules.ts';
import { availabilityAlerts } from './alerts/availability-rules.ts';
import { backupAlerts } from './alerts/backup-rules.ts';
import { dependencyAlerts } from './alerts/dependency-rules.ts';
import type { RuleGroup } from './alerts/rule.ts';
import { burnRateAlerts, recordings } from './slo/burn-rate-rules.ts';

export function ruleGroups(values: Values): RuleGroup[] {
  return [
    { name: 'auth-service-availability', rules: availabilityAlerts(values) },
    { name: 'auth-service-objectives', rules: recordings(values) },
    { name: 'auth-service-budgets', rules: burnRateAlerts(values) },
    { name: 'auth-service-attacks', rules: attackAlerts(values) },
    { name: 'auth-service-dependencies', rules: dependencyAlerts(values) },
    ...(values.backup.enabled ? [{ name: 'auth-service-backups', rules: backupAlerts(values) }] : []),
  ];
}

/** All alerting and recording rules in one PrometheusRule. docs/runbooks has one page for each alert. */
export class PrometheusRule extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    addObject<IPrometheusRule>(this, 'rules', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: metadata(values, namesOf(values).app, {
        component: 'monitoring',
        labels: values.monitoring.rules.labels,
      }),
      spec: { groups: ruleGroups(values) },
    });
  }
}
