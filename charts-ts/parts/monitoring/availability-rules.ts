import { names } from '../../names.ts';
import type { Values } from '../../values/schema.ts';

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: 'critical' | 'warning' };
  readonly annotations: { readonly summary: string; readonly description: string };
}

export interface RuleGroup {
  name: string;
  rules: Rule[];
}

/** Whether the service answers at all. */
export function availabilityRules({ namespace }: Values): RuleGroup {
  const of = `namespace="${namespace.name}",job="${names.app}"`;
  return {
    name: 'auth-service-availability',
    rules: [
      {
        alert: 'AuthServiceDown',
        expr: `absent(up{${of}} == 1)`,
        for: '2m',
        labels: { severity: 'critical' },
        annotations: {
          summary: 'No pod of auth-service can be scraped',
          description: 'For two minutes no pod has answered on its metrics port: nobody can log in.',
        },
      },
      {
        alert: 'AuthServiceTargetDown',
        expr: `up{${of}} == 0`,
        for: '5m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'A pod of auth-service cannot be scraped',
          description: '{{ $labels.pod }} has not answered on its metrics port for five minutes.',
        },
      },
      {
        alert: 'AuthServiceErrors',
        expr:
          `sum(rate(http_request_duration_seconds_count{${of},status=~"5.."}[5m]))` +
          ` / sum(rate(http_request_duration_seconds_count{${of}}[5m])) > 0.02`,
        for: '5m',
        labels: { severity: 'critical' },
        annotations: {
          summary: 'auth-service answers with server errors',
          description: '{{ $value | humanizePercentage }} of all requests of the last five minutes failed.',
        },
      },
    ],
  };
}
