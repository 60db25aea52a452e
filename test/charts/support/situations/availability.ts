import { type AlertCases, fires, podLabels, silent } from './alert-case.ts';

const ready = (values: string) => ({
  'kube_deployment_status_replicas_available{namespace="auth-system",deployment="auth-service"}': values,
});
const restarts = (values: string, pod = 'auth-service-7d9f8b-x2x4z') => ({
  [`kube_pod_container_status_restarts_total{namespace="auth-system",container="auth-service",pod="${pod}"}`]:
    values,
});
const processRestarts = (values: string) => ({
  [`auth_process_restarts_total{${podLabels}}`]: values,
});
const hpa = 'namespace="auth-system",horizontalpodautoscaler="auth-service-hpa"';
const replicas = (desired: string) => ({
  [`kube_horizontalpodautoscaler_status_desired_replicas{${hpa}}`]: desired,
  [`kube_horizontalpodautoscaler_spec_max_replicas{${hpa}}`]: '20x60',
});

/** Successful logins, and token checks of which `aborted` are aborted by the client. */
const tokenChecks = (answered: number, aborted: string) => ({
  [`http_requests_total{${podLabels},class="authentication",result="ok"}`]: '0+600x60',
  [`http_requests_total{${podLabels},class="authentication",result="aborted"}`]: '0x60',
  [`http_requests_total{${podLabels},class="token_check",result="ok"}`]: `0+${answered}x60`,
  [`http_requests_total{${podLabels},class="token_check",result="aborted"}`]: aborted,
});

export const availability: AlertCases = {
  AuthServiceDown: [
    fires('every pod is down for two minutes', { series: { [`up{${podLabels}}`]: '1x5 0x20' }, at: '10m' }),
    silent('one of two pods answers', {
      series: {
        [`up{${podLabels}}`]: '0x60',
        'up{namespace="auth-system",job="auth-service",pod="b"}': '1x60',
      },
      at: '10m',
    }),
  ],
  AuthNoPodReady: [
    fires('all pods answer the scrape and none is ready', {
      series: { [`up{${podLabels}}`]: '1x60', ...ready('3x5 0x20') },
      at: '10m',
    }),
    silent('one of three pods is ready', { series: ready('3x5 1x20'), at: '10m' }),
  ],
  AuthRequestsAborted: [
    fires('clients abort a tenth of all token checks and no login', {
      series: tokenChecks(90, '0+10x60'),
      at: '40m',
      labels: { class: 'token_check' },
    }),
    silent('clients abort one request in fifty', { series: tokenChecks(980, '0+20x60'), at: '40m' }),
    silent('clients abort a tenth, but only three requests a minute', {
      series: tokenChecks(27, '0+3x60'),
      at: '40m',
    }),
    silent('a burst of aborted requests is over after minutes', {
      series: tokenChecks(90, '0x20 0+60x5 300x40'),
      at: '28m',
    }),
  ],
  AuthServiceTargetDown: [
    fires('one pod is down for five minutes', { series: { [`up{${podLabels}}`]: '0x60' }, at: '10m' }),
    silent('the pod is back after three minutes', {
      series: { [`up{${podLabels}}`]: '0x3 1x60' },
      at: '10m',
    }),
  ],
  AuthPodsRestarting: [
    fires('a pod restarts every five minutes', { series: restarts('0+0.2x60'), at: '40m' }),
    silent('a pod has restarted once', { series: restarts('0x20 1x40'), at: '40m' }),
    silent('a pod of another installation of the namespace restarts', {
      series: restarts('0+0.2x60', 'auth-service-eu-7d9f8b-x2x4z'),
      at: '40m',
    }),
    fires('the supervisor restarts the process of a pod every five minutes', {
      series: processRestarts('0+0.2x60'),
      at: '40m',
    }),
    silent('the supervisor has restarted the process of a pod once', {
      series: processRestarts('0x20 1x40'),
      at: '40m',
    }),
  ],
  AuthAutoscalerAtMaximum: [
    fires('the maximum of replicas is requested for a long time', { series: replicas('20x60'), at: '30m' }),
    silent('a peak ends', { series: replicas('20x10 12x50'), at: '30m' }),
  ],
};
