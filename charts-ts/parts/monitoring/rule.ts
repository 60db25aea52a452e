import { names } from '../../names.ts';
import type { Values } from '../../values/schema.ts';

export interface Alert {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: 'critical' | 'warning' };
  annotations: { summary: string; description: string; runbook_url: string };
}

/** A query that is worth keeping as a series of its own. */
export interface Recording {
  record: string;
  expr: string;
}

export interface RuleGroup {
  name: string;
  rules: (Alert | Recording)[];
}

/** Label matchers of the service's own series, without braces. */
export function ownSeries({ namespace }: Values): string {
  return `namespace="${namespace.name}",job="${names.app}"`;
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
    labels: { severity },
    annotations: {
      summary: rule.summary,
      description: rule.description,
      runbook_url: `${values.monitoring.rules.runbooks}/${name}.md`,
    },
  };
}
