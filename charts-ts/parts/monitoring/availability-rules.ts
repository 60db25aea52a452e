import { names } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { alert, ownSeries, type RuleGroup } from './rule.ts';

/** Whether pods answer, live on and can become more. The latter two need kube-state-metrics. */
export function availabilityRules(values: Values): RuleGroup {
  const own = ownSeries(values);
  const namespace = `namespace="${values.namespace.name}"`;
  const hpa = `{${namespace},horizontalpodautoscaler="${names.autoscaler}"}`;
  const restarts = `kube_pod_container_status_restarts_total{${namespace},container="${names.app}"}`;
  return {
    name: 'auth-service-availability',
    rules: [
      alert(values, 'AuthServiceDown', 'critical', {
        expr: `absent(up{${own}} == 1)`,
        lasts: '2m',
        summary: 'No pod of auth-service can be scraped',
        description: 'For two minutes no pod has answered on its metrics port: nobody can log in.',
      }),
      alert(values, 'AuthServiceTargetDown', 'warning', {
        expr: `up{${own}} == 0`,
        lasts: '5m',
        summary: 'A pod of auth-service cannot be scraped',
        description: '{{ $labels.pod }} has not answered on its metrics port for five minutes.',
      }),
      alert(values, 'AuthPodsRestarting', 'warning', {
        expr: `sum by (pod) (increase(${restarts}[30m])) > 2`,
        lasts: '1m',
        summary: 'A pod of auth-service restarts again and again',
        description: '{{ $labels.pod }} was restarted {{ $value | humanize }} times in half an hour.',
      }),
      alert(values, 'AuthAutoscalerAtMaximum', 'warning', {
        expr:
          `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_desired_replicas${hpa})` +
          ` >= max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas${hpa})`,
        lasts: '15m',
        summary: 'The autoscaler of auth-service has no replica left to add',
        description: '{{ $value }} replicas have been wanted for a quarter of an hour, which is the maximum.',
      }),
    ],
  };
}
