import { names } from '../names.ts';
import type { Values } from '../values/schema.ts';

export interface Alert {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: 'critical' | 'warning'; namespace: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

/** A query that is worth keeping as a series of its own. */
export interface Recording {
  record: string;
  expr: string;
  labels: { namespace: string };
}

export interface RuleGroup {
  name: string;
  rules: (Alert | Recording)[];
}

/**
 * Label matcher, without braces, of what the cluster or the service's own rules say of it. Several installations may
 * share one Prometheus: each records and alerts under its namespace, and reads only that.
 */
export function ownNamespace({ namespace }: Values): string {
  return `namespace="${namespace.name}"`;
}

/** Label matchers of the service's own series, without braces. */
export function ownSeries(values: Values): string {
  return `${ownNamespace(values)},job="${names.app}"`;
}

export function recording({ namespace }: Values, record: string, expr: string): Recording {
  return { record, expr, labels: { namespace: namespace.name } };
}

/** `critical` wakes somebody; `warning` is for the next working day. */
export function alert(
  values: Values,
  name: string,
  severity: Alert['labels']['severity'],
  rule: {
    readonly expr: string;
    /** How long it must hold. */
    readonly lasts: string;
    readonly summary: string;
    readonly description: string;
  },
): Alert {
  return {
    alert: name,
    expr: rule.expr,
    for: rule.lasts,
    labels: { severity, namespace: values.namespace.name },
    annotations: {
      summary: rule.summary,
      description: rule.description,
      runbook_url: `${values.monitoring.rules.runbooks}/${name}.md`,
    },
  };
}
