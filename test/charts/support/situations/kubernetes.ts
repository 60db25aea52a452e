import type { Inputs } from '../promtool.ts';
import { type AlertCases, fires, silent } from './alert-case.ts';

const pod = 'auth-service-7d9f8b-x2x4z';
const namespace = 'namespace="auth-system"';
const containerOf = (name: string, container = 'auth-service'): string =>
  `${namespace},container="${container}",pod="${name}"`;

const restarts = (values: string, name = pod): Inputs => ({
  [`kube_pod_container_status_restarts_total{${containerOf(name)}}`]: values,
});

const hpa = `${namespace},horizontalpodautoscaler="auth-service-hpa"`;
const replicas = (desired: string, minimum = 3): Inputs => ({
  [`kube_horizontalpodautoscaler_status_desired_replicas{${hpa}}`]: desired,
  [`kube_horizontalpodautoscaler_spec_max_replicas{${hpa}}`]: '20x60',
  [`kube_horizontalpodautoscaler_spec_min_replicas{${hpa}}`]: `${minimum}x60`,
});

const deployment = `${namespace},deployment="auth-service"`;
/** `exporter` is the pod of kube-state-metrics. */
const unavailable = (values: string, exporter = 'one'): Inputs => ({
  [`kube_deployment_status_replicas_unavailable{${deployment},instance="${exporter}"}`]: values,
});
const progressing = (failed: string, name = 'auth-service'): Inputs => ({
  [`kube_deployment_status_condition{${namespace},deployment="${name}",condition="Progressing",status="false"}`]:
    failed,
});

const migrationRestarts = (values: string, name = pod): Inputs => ({
  [`kube_pod_init_container_status_restarts_total{${containerOf(name, 'migrate')}}`]: values,
});
const failedJob = (values: string, name = 'auth-service-migrate-0123456789'): Inputs => ({
  [`kube_job_failed{${namespace},job_name="${name}",condition="true"}`]: values,
});

const mebibytes = (values: string): Inputs => ({
  [`container_memory_working_set_bytes{${containerOf(pod)}}`]: values,
});
const stateMetricsLimit: Inputs = {
  [`kube_pod_container_resource_limits{${containerOf(pod)},resource="memory",unit="byte"}`]: '512x60',
};
const kubeletLimit = (limit: number): Inputs => ({
  [`container_spec_memory_limit_bytes{${containerOf(pod)}}`]: `${limit}x60`,
});
/** CPU periods of each minute. There are 600 in a minute in which the pod always runs. */
const periods = (all: number, throttled: number): Inputs => ({
  [`container_cpu_cfs_periods_total{${containerOf(pod)}}`]: `0+${all}x60`,
  [`container_cpu_cfs_throttled_periods_total{${containerOf(pod)}}`]: `0+${throttled}x60`,
});

export const kubernetes: AlertCases = {
  AuthPodsRestarting: [
    fires('a pod restarts every five minutes', { series: restarts('0+0.2x60'), at: '40m' }),
    silent('a pod has restarted once', { series: restarts('0x20 1x40'), at: '40m' }),
    silent('a pod of another installation of the namespace restarts', {
      series: restarts('0+0.2x60', 'auth-service-eu-7d9f8b-x2x4z'),
      at: '40m',
    }),
  ],
  AuthAutoscalerAtMaximum: [
    fires('the maximum of replicas is requested for a long time', { series: replicas('20x60'), at: '30m' }),
    silent('a peak ends', { series: replicas('20x10 12x50'), at: '30m' }),
    silent('the minimum is the maximum', { series: replicas('20x60', 20), at: '30m' }),
  ],
  AuthRolloutStuck: [
    fires('a rollout has made no progress before its deadline', {
      series: progressing('0x10 1x50'),
      at: '20m',
    }),
    fires('one pod is unavailable for more than an hour', { series: unavailable('0x5 1x90'), at: '80m' }),
    silent('a rollout of many pods takes half an hour', { series: unavailable('0x20 1x30 0x60'), at: '48m' }),
    silent('pods are unavailable for minutes, and kube-state-metrics was restarted', {
      series: { ...unavailable('0x60 stale'), ...unavailable('_x62 2x20', 'two') },
      at: '80m',
    }),
    silent('another Deployment of the namespace is stuck', {
      series: progressing('1x60', 'auth-service-eu'),
      at: '20m',
    }),
  ],
  AuthMigrationFailed: [
    fires('the init container fails again and again', {
      series: migrationRestarts('0x5 0+0.2x50'),
      at: '40m',
    }),
    fires('the Job has failed', { series: failedJob('0x10 1x50'), at: '20m' }),
    silent('the init containers of two pods have failed once', {
      series: {
        ...migrationRestarts('0x5 1x55'),
        ...migrationRestarts('0x5 1x55', 'auth-service-7d9f8b-y3y5y'),
      },
      at: '20m',
    }),
    silent('a Job of another installation of the namespace has failed', {
      series: failedJob('1x60', 'auth-service-eu-migrate-0123456789'),
      at: '20m',
    }),
  ],
  AuthMemoryNearLimit: [
    fires('a pod uses 96 % of the limit', {
      series: { ...mebibytes('490x60'), ...stateMetricsLimit },
      at: '30m',
    }),
    fires('a pod uses 96 % of the limit that only the kubelet reports', {
      series: { ...mebibytes('490x60'), ...kubeletLimit(512) },
      at: '30m',
    }),
    silent('a pod uses 80 % of the limit', {
      series: { ...mebibytes('410x60'), ...stateMetricsLimit },
      at: '30m',
    }),
    silent('there is no limit, which the kubelet reports as 0', {
      series: { ...mebibytes('490x60'), ...kubeletLimit(0) },
      at: '30m',
    }),
  ],
  AuthCpuThrottled: [
    fires('three of four periods are throttled', { series: periods(500, 375), at: '40m' }),
    silent('one of four periods is throttled', { series: periods(500, 125), at: '40m' }),
    silent('a pod that runs rarely is throttled then', { series: periods(20, 18), at: '40m' }),
    silent('there is no CPU limit, so the kubelet counts no periods', {
      series: mebibytes('490x60'),
      at: '40m',
    }),
  ],
};
