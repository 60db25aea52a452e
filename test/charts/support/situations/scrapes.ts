import type { Inputs } from '../promtool.ts';
import { type AlertCases, fires, podLabels, silent } from './alert-case.ts';

const ready = (values: string): Inputs => ({
  'kube_deployment_status_replicas_available{namespace="auth-system",deployment="auth-service"}': values,
});
const up = (values: string): Inputs => ({ [`up{${podLabels}}`]: values });

/** Series of a pod under other labels. */
const found = (namespace: string, job: string, pod = 'auth-service-7d9f8b-x2x4z'): Inputs => ({
  [`auth_build_info{namespace="${namespace}",job="${job}",pod="${pod}",version="1.1.0"}`]: '1x60',
  [`up{namespace="${namespace}",job="${job}",pod="${pod}"}`]: '1x60',
});
/** Recorded by another installation. */
const expectedBy = (namespace: string, job: string): Inputs => ({
  [`auth:installation:info{namespace="${namespace}",job="${job}"}`]: '1x60',
});

const labels = (found_namespace: string, found_job: string) => ({ labels: { found_namespace, found_job } });

export const scrapes: AlertCases = {
  AuthServiceDown: [
    fires('every pod is down for two minutes', { series: up('1x5 0x20'), at: '10m' }),
    fires('there is no pod any more', { series: up('1x5 stale'), at: '10m' }),
    fires('there is no pod any more, while other installations are scraped', {
      series: {
        ...up('1x5 stale'),
        ...found('auth-system', 'auth-service-eu', 'auth-service-eu-7d9f8b-x2x4z'),
        ...found('staging', 'auth-service'),
        ...found('blue', 'auth'),
        ...expectedBy('blue', 'auth'),
      },
      at: '10m',
    }),
    silent('one of two pods answers', {
      series: { ...up('0x60'), 'up{namespace="auth-system",job="auth-service",pod="b"}': '1x60' },
      at: '10m',
    }),
    silent('the pods are scraped under another job', {
      series: found('auth-system', 'kubernetes-pods'),
      at: '10m',
    }),
    silent('the name of the job was changed while the service runs', {
      series: { ...up('1x5 stale'), ...found('auth-system', 'renamed') },
      at: '20m',
    }),
    silent('the pods of a new installation are scraped under another namespace', {
      series: found('monitoring', 'auth-service'),
      at: '10m',
    }),
  ],
  AuthScrapeLabelsUnexpected: [
    fires('the pods are scraped under another job', {
      series: found('auth-system', 'kubernetes-pods'),
      at: '20m',
      ...labels('auth-system', 'kubernetes-pods'),
    }),
    fires('the pods are scraped under another namespace', {
      series: found('monitoring', 'auth-service'),
      at: '20m',
      ...labels('monitoring', 'auth-service'),
    }),
    fires('the series have no label but the job', {
      series: { 'auth_build_info{job="auth",instance="10.0.0.7:9464"}': '1x60' },
      at: '20m',
      labels: { found_job: 'auth' },
    }),
    silent('the pods are scraped twice, once under the expected labels', {
      series: { ...up('1x60'), ...found('auth-system', 'kubernetes-pods') },
      at: '20m',
    }),
    silent('the pods that are scraped are those of other installations', {
      series: {
        ...found('auth-system', 'auth-service-eu', 'auth-service-eu-7d9f8b-x2x4z'),
        ...found('blue', 'auth'),
        ...expectedBy('blue', 'auth'),
      },
      at: '20m',
    }),
  ],
  AuthNoPodReady: [
    fires('all pods answer the scrape and none is ready', {
      series: { ...up('1x60'), ...ready('3x5 0x20') },
      at: '10m',
    }),
    silent('one of three pods is ready', { series: ready('3x5 1x20'), at: '10m' }),
    silent('there is no kube-state-metrics', { series: up('1x60'), at: '10m' }),
  ],
  AuthServiceTargetDown: [
    fires('one pod is down for five minutes', { series: up('0x60'), at: '10m' }),
    silent('the pod is back after three minutes', { series: up('0x3 1x60'), at: '10m' }),
  ],
};
