import type { Values } from '../../values/schema.ts';

/** `critical` pages somebody. `warning` waits for the next working day. */
type Severity = 'critical' | 'warning';

/** An alerting rule as Prometheus reads it. */
export type Alert = ReturnType<typeof alertingRule>;

/** A recording rule as Prometheus reads it. */
export interface Recording {
  record: string;
  expr: string;
  labels: { namespace: string };
}

export interface RuleGroup {
  name: string;
  rules: (Alert | Recording)[];
}

/** @param rule.for how long `expr` must return a result before the alert fires */
export function alertingRule(
  { monitoring, namespace }: Values,
  name: string,
  severity: Severity,
  rule: Readonly<Record<'expr' | 'for' | 'summary' | 'description', string>>,
) {
  const { description, expr, summary } = rule;
  const { runbooks } = monitoring.rules;
  return {
    alert: name,
    expr,
    for: rule.for,
    labels: { severity, namespace: namespace.name },
    annotations: { summary, description, ...(runbooks && { runbook_url: `${runbooks}/${name}.md` }) },
  };
}
