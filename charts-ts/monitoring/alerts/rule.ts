import type { Values } from '../../values/schema.ts';
import { seriesLabels } from '../promql.ts';

/** `critical` pages somebody. `warning` waits for the next working day. */
type Severity = 'critical' | 'warning';

/** An alerting rule as Prometheus reads it. */
export type Alert = ReturnType<typeof alertingRule>;

/** A recording rule as Prometheus reads it. */
export interface Recording {
  record: string;
  expr: string;
  labels: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  name: string;
  /** Time between two evaluations. Without it, Prometheus uses its own. */
  interval?: string;
  rules: (Alert | Recording)[];
}

/** A recording rule of this installation. */
export const recordingRule = (values: Values, record: string, expr: string): Recording => ({
  record,
  expr,
  labels: seriesLabels(values),
});

type RuleText = Readonly<Record<'expr' | 'for' | 'summary' | 'description', string>>;

/**
 * An alert of this installation. Its labels name the namespace and the job, so that Alertmanager does not take the alert of
 * another installation for the same one.
 * @param rule.for how long `expr` must return a result before the alert fires
 * @param rule.keepFiringFor how long the alert continues to fire without a result, so that a problem that pauses does not
 * page again
 */
export function alertingRule(
  values: Values,
  name: string,
  severity: Severity,
  rule: RuleText & { readonly keepFiringFor?: string },
) {
  const { alertLabels, overrides, runbooks } = values.monitoring.rules;
  const { description, expr, summary } = rule;
  const override = overrides[name];
  const labels: Record<string, string> = {
    ...alertLabels,
    ...seriesLabels(values),
    ...override?.labels,
    severity: override?.severity ?? severity,
  };
  const annotations: Record<string, string> = {
    ...{ summary, description, ...(runbooks && { runbook_url: `${runbooks}/${name}.md` }) },
    ...override?.annotations,
  };
  return {
    alert: name,
    expr: override?.expr ?? expr,
    for: override?.for ?? rule.for,
    ...(rule.keepFiringFor && { keep_firing_for: rule.keepFiringFor }),
    labels,
    annotations,
  };
}
