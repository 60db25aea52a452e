import { apiContainer, namesOf } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { containerSelector, namespaceSelector } from '../promql.ts';
import { unlessOutageEnded } from './outages.ts';
import { type Alert, alertingRule } from './rule.ts';

function podAlerts(values: Values): Alert[] {
  const restarts = `kube_pod_container_status_restarts_total{${containerSelector(values, apiContainer)}}`;
  const replicas = (metric: string): string =>
    `max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_${metric}` +
    `{${namespaceSelector(values)},horizontalpodautoscaler="${namesOf(values).autoscaler}"})`;
  const maximum = replicas('spec_max_replicas');
  return [
    alertingRule(values, 'AuthPodsRestarting', 'warning', {
      expr: `sum by (pod) (increase(${restarts}[30m])) > 2`,
      for: '1m',
      summary: 'A pod of auth-service restarts repeatedly',
      description: 'Pod {{ $labels.pod }} restarted {{ $value | humanize }} times in the last 30 minutes.',
    }),
    alertingRule(values, 'AuthAutoscalerAtMaximum', 'warning', {
      // An autoscaler whose minimum is its maximum fixes the number of pods on purpose.
      expr: `${replicas('status_desired_replicas')} >= ${maximum} unless ${maximum} <= ${replicas('spec_min_replicas')}`,
      for: '15m',
      summary: 'The autoscaler of auth-service is at its maximum',
      description: 'The autoscaler has requested its maximum of {{ $value }} replicas for 15 minutes.',
    }),
  ];
}

/** A rollout that made no progress before its deadline, and pods that are missing for an hour. */
function rolloutAlerts(values: Values): Alert[] {
  const deployment = `${namespaceSelector(values)},deployment="${namesOf(values).app}"`;
  const abandoned = `kube_deployment_status_condition{${deployment},condition="Progressing",status="false"}`;
  const unavailable = `kube_deployment_status_replicas_unavailable{${deployment}}`;
  return [
    alertingRule(values, 'AuthRolloutStuck', 'warning', {
      // A rollout of many pods, one by one, takes long and is not stuck. The sample of an hour ago is of the same series, so a
      // restart of kube-state-metrics does not count as an hour.
      expr:
        `max by (deployment) (${abandoned}) == 1 or ` +
        `max by (deployment) (min_over_time(${unavailable}[1h]) and ${unavailable} offset 1h) > 0`,
      for: '3m',
      summary: 'A rollout of auth-service is stuck',
      description:
        'Deployment {{ $labels.deployment }} has made no progress before its deadline, or has had unavailable pods for an hour.',
    }),
  ];
}

/** Migrations that fail, and not because of an outage: their window of half an hour contains it after its end. */
export function migrationAlert(values: Values): Alert {
  const { migrate } = namesOf(values);
  const initRestarts = `kube_pod_init_container_status_restarts_total{${containerSelector(values, 'migrate')}}`;
  const failedJob = `kube_job_failed{${namespaceSelector(values)},job_name=~"${migrate}-[0-9a-f]+",condition="true"}`;
  // An init container that fails once may have waited for a lock. A failed Job has already been repeated.
  const fails = `max by (pod) (increase(${initRestarts}[30m])) > 1 or max by (job_name) (${failedJob}) == 1`;
  return alertingRule(values, 'AuthMigrationFailed', 'warning', {
    expr: unlessOutageEnded(values, fails),
    for: '2m',
    summary: 'The migrations of the database fail',
    description:
      'The migrations in {{ $labels.pod }}{{ $labels.job_name }} fail repeatedly. New pods do not start until they succeed.',
  });
}

/** These need the metrics of the kubelet (cAdvisor). Without a limit there is nothing to compare with, and no alert. */
function resourceAlerts(values: Values): Alert[] {
  const api = containerSelector(values, apiContainer);
  const used = `max by (pod) (container_memory_working_set_bytes{${api}})`;
  // kube-prometheus-stack drops container_spec_*, and a Prometheus without kube-state-metrics has nothing else.
  const limit =
    `(max by (pod) (kube_pod_container_resource_limits{${api},resource="memory"})` +
    ` or max by (pod) (container_spec_memory_limit_bytes{${api}} > 0))`;
  const periods = (kind: string): string =>
    `sum by (pod) (increase(container_cpu_cfs_${kind}periods_total{${api}}[10m]))`;
  return [
    alertingRule(values, 'AuthMemoryNearLimit', 'warning', {
      expr: `${used} / ${limit} > 0.9`,
      for: '10m',
      summary: 'A pod of auth-service has used almost all of its memory',
      description:
        'Pod {{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory limit. The kernel ends it at the limit.',
    }),
    alertingRule(values, 'AuthCpuThrottled', 'warning', {
      // Hashes use a CPU completely for a moment, so some throttled periods are normal. A pod that runs rarely has few.
      expr: `${periods('throttled_')} / ${periods('')} > 0.5 and ${periods('')} > 600`,
      for: '15m',
      summary: 'The CPU limit slows down a pod of auth-service',
      description:
        'Pod {{ $labels.pod }} was throttled in {{ $value | humanizePercentage }} of its CPU periods of the last ten minutes.',
    }),
  ];
}

/** What Kubernetes reports about pods, rollouts, migrations and resources. Most of it needs kube-state-metrics. */
export const kubernetesAlerts = (values: Values): Alert[] => [
  ...podAlerts(values),
  ...rolloutAlerts(values),
  ...resourceAlerts(values),
];
