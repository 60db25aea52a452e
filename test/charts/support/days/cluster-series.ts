import { conditionsAt, type Scenario } from './conditions.ts';
import type { SeriesWriter } from './series-writer.ts';

const namespace = 'namespace="auth-system"';
const deployment = `${namespace},deployment="auth-service"`;
const autoscaler = `${namespace},horizontalpodautoscaler="auth-service-hpa"`;

/** The series of kube-state-metrics and of the kubelet in the minute. */
export function writeCluster(writer: SeriesWriter, scenario: Scenario, minute: number): void {
  const { down, unready } = conditionsAt(scenario, minute);
  const existing = scenario.pods.filter(({ from, until }) => from <= minute && minute < until);
  const working = existing.filter(({ downFrom = Number.POSITIVE_INFINITY }) => minute < downFrom);
  // A pod is ready after its first minute.
  const ready = unready || down ? 0 : working.filter(({ from }) => from === 0 || from < minute).length;
  const gauge = (name: string, labels: string, value: number): void =>
    writer.gauge(`${name}{${labels}}`, minute, value);

  gauge('kube_deployment_status_replicas_available', deployment, ready);
  gauge('kube_deployment_status_replicas_unavailable', deployment, Math.max(3, existing.length) - ready);
  gauge('kube_deployment_status_condition', `${deployment},condition="Progressing",status="false"`, 0);
  gauge('kube_horizontalpodautoscaler_status_desired_replicas', autoscaler, 3);
  gauge('kube_horizontalpodautoscaler_spec_max_replicas', autoscaler, 20);
  gauge('kube_horizontalpodautoscaler_spec_min_replicas', autoscaler, 3);
  gauge('kube_job_failed', `${namespace},job_name="auth-service-migrate-0123456789",condition="true"`, 0);
  for (const { downFrom = Number.POSITIVE_INFINITY, from, name } of existing) {
    const of = (container: string): string => `${namespace},container="${container}",pod="${name}"`;
    // A new pod restarts once, and a pod that is down restarts again and again.
    const restart = minute === from + 2 && from > 0 ? 1 : 0;
    writer.count(
      `kube_pod_container_status_restarts_total{${of('auth-service')}}`,
      minute,
      minute >= downFrom ? 1 : restart / scenario.step,
    );
    writer.count(`kube_pod_init_container_status_restarts_total{${of('migrate')}}`, minute, 0);
    gauge('kube_pod_container_resource_limits', `${of('auth-service')},resource="memory"`, 512);
    gauge('container_spec_memory_limit_bytes', of('auth-service'), 512);
    gauge('container_memory_working_set_bytes', of('auth-service'), 200);
    writer.count(`container_cpu_cfs_periods_total{${of('auth-service')}}`, minute, 300);
    writer.count(`container_cpu_cfs_throttled_periods_total{${of('auth-service')}}`, minute, 40);
  }
}
