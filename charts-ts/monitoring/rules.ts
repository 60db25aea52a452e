import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { metadata, names } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { attackRules } from './attack-rules.ts';
import { availabilityRules } from './availability-rules.ts';
import { dependencyRules } from './dependency-rules.ts';
import { objectiveRules } from './objectives.ts';
import type { RuleGroup } from './rule.ts';

export function ruleGroups(values: Values): RuleGroup[] {
  return [availabilityRules(values), ...objectiveRules(values), attackRules(values), dependencyRules(values)];
}

/** When somebody has to be woken; docs/runbooks says what they do then. */
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
