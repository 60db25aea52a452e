import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Construct } from 'constructs';
import { addObject } from '../../manifest.ts';
import { metadata, names } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { availabilityRules, type RuleGroup } from './availability-rules.ts';

/** All groups of alerts; further modules of this folder are added here. */
export function ruleGroups(values: Values): RuleGroup[] {
  return [availabilityRules(values)];
}

/** When somebody has to be woken. */
export class AlertRules extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    addObject<IPrometheusRule>(this, 'rules', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: metadata(values, names.app, {
        component: 'monitoring',
        labels: values.monitoring.rules.labels,
      }),
      spec: { groups: ruleGroups(values) },
    });
  }
}
