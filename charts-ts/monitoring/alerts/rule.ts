import type { Values } from '../../values/schema.ts';

/** `critical` pages somebody. `warning` waits for the next working day. */
type Severity = 'critical' | 'warning';

/** An alerting rule as Prometheus reads it. */
export interface Alert {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: Severity; namespace: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

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

export function recordingRule({ namespace }: Values, record: string, expr: string): Recording {
  return { record, expr, labels: { namespace: namespace.name } };
}

/** @param rule.for how long `expr` must return a result before the alert fires */
export function alertingRule(
  { monitoring, namespace }: Values,
  name: string,
  severity: Severity,
  rule: Readonly<Record<'expr' | 'for' | 'summary' | 'description', string>>,
): Alert {
  const { description, expr, summary } = rule;
  return {
    alert: name,
    expr,
    for: rule.for,
    labels: { severity, namespace: namespace.name },
    annotations: { summary, description, runbook_url: `${monitoring.rules.runbooks}/${name}.md` },
  };
}
