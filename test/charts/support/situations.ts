import type { Situation } from './promtool.ts';

const own = 'namespace="auth-system",job="auth-service",pod="a"';
const up = { [`up{${own}}`]: '1x60' };
const requests = 'http_request_duration_seconds';
const login = 'method="POST",route="/api/v1/auth/login",status="200"';

/** A minute's requests and how many of them fail, for so many minutes. */
function traffic(total: number, failed: number, minutes: number) {
  return {
    [`${requests}_count{${own},${login}}`]: `0+${total - failed}x${minutes}`,
    [`${requests}_count{${own},method="POST",route="/api/v1/auth/login",status="500"}`]: `0+${failed}x${minutes}`,
  };
}

function latency(total: number, slow: number, minutes: number) {
  return {
    [`${requests}_count{${own},${login}}`]: `0+${total}x${minutes}`,
    [`${requests}_bucket{${own},${login},le="0.25"}`]: `0+${total - slow}x${minutes}`,
  };
}

function logins(success: number, unknownEmail: number, wrongPassword: number) {
  return {
    [`auth_logins_total{${own},outcome="success",reason="none"}`]: `0+${success}x60`,
    [`auth_logins_total{${own},outcome="failure",reason="unknown_email"}`]: `0+${unknownEmail}x60`,
    [`auth_logins_total{${own},outcome="failure",reason="wrong_password"}`]: `0+${wrongPassword}x60`,
  };
}

const restarts = (values: string) => ({
  'kube_pod_container_status_restarts_total{namespace="auth-system",container="auth-service",pod="a"}':
    values,
});
const hpa = 'namespace="auth-system",horizontalpodautoscaler="auth-service-hpa"';
const replicas = (desired: string) => ({
  [`kube_horizontalpodautoscaler_status_desired_replicas{${hpa}}`]: desired,
  [`kube_horizontalpodautoscaler_spec_max_replicas{${hpa}}`]: '20x60',
});
const waits = (withinSecond: number) => ({
  [`auth_hash_wait_seconds_bucket{${own},le="1"}`]: `0+${withinSecond}x60`,
  [`auth_hash_wait_seconds_bucket{${own},le="5"}`]: '0+100x60',
  [`auth_hash_wait_seconds_bucket{${own},le="+Inf"}`]: '0+100x60',
  [`auth_hash_rejected_total{${own}}`]: '0x60',
});
const keyAges = (youngest: number) => ({
  [`auth_signing_key_age_seconds{${own},kid="retired"}`]: `${200 * 86_400}x180`,
  [`auth_signing_key_age_seconds{${own},kid="current"}`]: `${youngest * 86_400}x180`,
});
const degraded = (values: string) => ({ [`auth_degraded{${own},dependency="redis"}`]: values });
const purge = (hours: number) => ({ [`auth_purge_lag_seconds{${own}}`]: `${hours * 3600}x60` });
const reuse = (values: string) => ({
  [`auth_refreshes_total{${own},outcome="failure",cause="reuse_old"}`]: values,
});

export interface Claim {
  /** When it fires, in words. */
  readonly when: string;
  readonly fires: Situation;
  readonly unless: string;
  readonly silent: Situation;
}

/** For each alert a situation that fires it and a near one that must not. */
export const situations: Readonly<Record<string, Claim>> = {
  AuthServiceDown: {
    when: 'every pod is down for two minutes',
    fires: { series: { [`up{${own}}`]: '1x5 0x20' }, at: '10m' },
    unless: 'one of two pods answers',
    silent: {
      series: { [`up{${own}}`]: '0x60', 'up{namespace="auth-system",job="auth-service",pod="b"}': '1x60' },
      at: '10m',
    },
  },
  AuthServiceTargetDown: {
    when: 'one pod is down for five minutes',
    fires: { series: { [`up{${own}}`]: '0x60' }, at: '10m' },
    unless: 'it comes back after three',
    silent: { series: { [`up{${own}}`]: '0x3 1x60' }, at: '10m' },
  },
  AuthPodsRestarting: {
    when: 'a pod restarts every five minutes',
    fires: { series: restarts('0+0.2x60'), at: '40m' },
    unless: 'a pod has restarted once',
    silent: { series: restarts('0x20 1x40'), at: '40m' },
  },
  AuthAutoscalerAtMaximum: {
    when: 'as many replicas as there may be are wanted for long',
    fires: { series: replicas('20x60'), at: '30m' },
    unless: 'a peak ends',
    silent: { series: replicas('20x10 12x50'), at: '30m' },
  },
  AuthAvailabilityBudgetBurnFast: {
    when: '5 % of requests fail for an hour',
    fires: { series: traffic(600, 30, 90), at: '70m' },
    unless: 'a minute of errors is over',
    silent: {
      series: {
        [`${requests}_count{${own},${login}}`]: '0+600x90',
        [`${requests}_count{${own},method="POST",route="/api/v1/auth/login",status="500"}`]:
          '0x10 0+30x1 30x79',
      },
      at: '70m',
    },
  },
  AuthAvailabilityBudgetBurnSlow: {
    when: '0.5 % of requests fail for a day',
    fires: { series: traffic(10_000, 50, 320), at: '26h', interval: '5m' },
    unless: '0.05 % fail for ever, which the budget allows',
    silent: { series: traffic(10_000, 5, 320), at: '26h', interval: '5m' },
  },
  AuthLatencyBudgetBurnFast: {
    when: '80 % of authentication requests are slow for an hour',
    fires: { series: latency(600, 480, 90), at: '70m' },
    unless: '4 % are, which the objective allows',
    silent: { series: latency(600, 24, 90), at: '70m' },
  },
  AuthLatencyBudgetBurnSlow: {
    when: '20 % of authentication requests are slow for a day',
    fires: { series: latency(600, 120, 320), at: '26h', interval: '5m' },
    unless: '4 % are',
    silent: { series: latency(600, 24, 320), at: '26h', interval: '5m' },
  },
  AuthLoginFailureSurge: {
    when: 'nine of ten logins fail',
    fires: { series: logins(10, 5, 85), at: '20m' },
    unless: 'two of three fail, but only three a minute are tried',
    silent: { series: logins(1, 0, 2), at: '20m' },
  },
  AuthCredentialStuffing: {
    when: 'most logins name accounts that do not exist',
    fires: { series: logins(10, 80, 10), at: '20m' },
    unless: 'as many fail, but for a wrong password',
    silent: { series: logins(10, 5, 85), at: '20m' },
  },
  AuthRefreshTokenReuse: {
    when: 'a session a minute ends for reuse',
    fires: { series: reuse('0+1x60'), at: '20m' },
    unless: 'one does now and then',
    silent: { series: reuse('0x10 1x10 2x40'), at: '30m' },
  },
  AuthHashQueueSaturated: {
    when: 'a fifth of all hashes wait longer than a second',
    fires: { series: waits(80), at: '20m' },
    unless: 'one in a hundred does',
    silent: { series: waits(99), at: '20m' },
  },
  AuthSigningKeyTooOld: {
    when: 'the youngest key is older than a quarter of a year',
    fires: { series: keyAges(110), at: '2h' },
    unless: 'only a retired key is',
    silent: { series: keyAges(30), at: '2h' },
  },
  AuthDependencyDegraded: {
    when: 'Redis is away for minutes',
    fires: { series: degraded('1x60'), at: '10m' },
    unless: 'it was away for two',
    silent: { series: degraded('1x2 0x60'), at: '10m' },
  },
  AuthPurgeLagging: {
    when: 'the purge last ran three days ago',
    fires: { series: { ...up, ...purge(72) }, at: '45m' },
    unless: 'it ran yesterday',
    silent: { series: { ...up, ...purge(30) }, at: '45m' },
  },
};
