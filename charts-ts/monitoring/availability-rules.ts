import { names } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { alert, ownNamespace, ownSeries, type RuleGroup } from './rule.ts';

/** The share of a class of requests that its clients may give up, and how many make it more than chance. */
const givenUp = { share: 0.05, atLeast: 50 };

/**
 * Whether pods answer, are ready, are waited for, live on and can become more. What Kubernetes says of them needs
 * kube-state-metrics.
 */
export function availabilityRules(values: Values): RuleGroup {
  const own = ownSeries(values);
  const namespace = ownNamespace(values);
  const hpa = `{${namespace},horizontalpodautoscaler="${names.autoscaler}"}`;
  const available = `kube_deployment_status_replicas_available{${namespace},deployment="${names.app}"}`;
  const aborted = `http_requests_total{${own},result="aborted"}`;
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
      alert(values, 'AuthNoPodReady', 'critical', {
        // Unready pods still answer their scrape, so that AuthServiceDown sees nothing.
        expr: `max by (deployment) (${available}) == 0`,
        lasts: '2m',
        summary: 'No pod of auth-service is ready',
        description: 'For two minutes no pod has been given a request: nobody can log in.',
      }),
      alert(values, 'AuthClientsGivingUp', 'warning', {
        // No 5xx and no slow success shows it: an answer that nobody waits for is neither.
        expr:
          `sum by (class) (rate(${aborted}[5m])) / sum by (class) (rate(http_requests_total{${own}}[5m]))` +
          ` > ${givenUp.share} and sum by (class) (increase(${aborted}[15m])) > ${givenUp.atLeast}`,
        lasts: '15m',
        summary: 'Clients of auth-service go away before they are answered',
        description: '{{ $value | humanizePercentage }} of {{ $labels.class }} requests end without answer.',
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
