import { apiContainer, namesOf } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { containerSelector, namespaceSelector, serviceSelector } from '../promql.ts';
import { type Alert, alertingRule } from './rule.ts';

function scrapeAlerts(values: Values): Alert[] {
  const up = `up{${serviceSelector(values)}}`;
  return [
    alertingRule(values, 'AuthServiceDown', 'critical', {
      expr: `absent(${up} == 1)`,
      for: '2m',
      summary: 'No pod of auth-service can be scraped',
      description: 'No pod has answered on its metrics port for two minutes. Users probably cannot log in.',
    }),
    alertingRule(values, 'AuthServiceTargetDown', 'warning', {
      expr: `${up} == 0`,
      for: '5m',
      summary: 'A pod of auth-service cannot be scraped',
      description: 'Pod {{ $labels.pod }} has not answered on its metrics port for five minutes.',
    }),
  ];
}

/** These need kube-state-metrics. */
function kubernetesAlerts(values: Values): Alert[] {
  const namespace = namespaceSelector(values);
  const available = `kube_deployment_status_replicas_available{${namespace},deployment="${namesOf(values).app}"}`;
  const restarts = `kube_pod_container_status_restarts_total{${containerSelector(values, apiContainer)}}`;
  const processRestarts = `auth_process_restarts_total{${serviceSelector(values)}}`;
  const isRepeated = (counter: string): string => `sum by (pod) (increase(${counter}[30m])) > 2`;
  const replicas = (metric: string): string =>
    `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_${metric}` +
    `{${namespace},horizontalpodautoscaler="${namesOf(values).autoscaler}"})`;
  return [
    alertingRule(values, 'AuthNoPodReady', 'critical', {
      // AuthServiceDown does not fire in this case: a pod that is not ready still answers the scrape.
      expr: `max by (deployment) (${available}) == 0`,
      for: '2m',
      summary: 'No pod of auth-service is ready',
      description: 'No pod has been ready for two minutes, so no pod receives requests. Users cannot log in.',
    }),
    alertingRule(values, 'AuthPodsRestarting', 'warning', {
      // The supervisor restarts the process of a container three times before the kubelet restarts the container.
      expr: `${isRepeated(restarts)} or ${isRepeated(processRestarts)}`,
      for: '1m',
      summary: 'A pod of auth-service restarts repeatedly',
      description: 'Pod {{ $labels.pod }} restarted {{ $value | humanize }} times in the last 30 minutes.',
    }),
    alertingRule(values, 'AuthAutoscalerAtMaximum', 'warning', {
      expr: `${replicas('status_desired_replicas')} >= ${replicas('spec_max_replicas')}`,
      for: '15m',
      summary: 'The autoscaler of auth-service is at its maximum',
      description: 'The autoscaler has requested its maximum of {{ $value }} replicas for 15 minutes.',
    }),
  ];
}

function abortedRequestsAlert(values: Values): Alert {
  const requests = `http_requests_total{${serviceSelector(values)}}`;
  const aborted = `http_requests_total{${serviceSelector(values)},result="aborted"}`;
  return alertingRule(values, 'AuthRequestsAborted', 'warning', {
    // The service level objectives do not show this: an aborted request is neither a server error nor a slow success.
    // Both the ratio of aborted requests in a class and their number must be exceeded, so that a few do not count.
    expr:
      `sum by (class) (rate(${aborted}[5m])) / sum by (class) (rate(${requests}[5m]))` +
      ` > 0.05 and sum by (class) (increase(${aborted}[15m])) > 50`,
    for: '15m',
    summary: 'Clients of auth-service disconnect before they receive a response',
    description:
      '{{ $value | humanizePercentage }} of {{ $labels.class }} requests are aborted by the client.',
  });
}

/** Whether pods answer, are ready, keep running and can be added, and whether clients wait for their responses. */
export function availabilityAlerts(values: Values): Alert[] {
  return [...scrapeAlerts(values), ...kubernetesAlerts(values), abortedRequestsAlert(values)];
}
