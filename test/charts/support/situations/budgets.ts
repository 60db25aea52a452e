import type { Inputs } from '../promtool.ts';
import { type AlertCases, fires, podLabels, silent } from './alert-case.ts';

const requests = 'http_request_duration_seconds';

/** Good and bad requests of one class, in promtool's notation. */
const answers = (ok: string, error: string, kind = 'authentication'): Inputs => ({
  [`http_requests_total{${podLabels},class="${kind}",result="ok"}`]: ok,
  [`http_requests_total{${podLabels},class="${kind}",result="error"}`]: error,
});
/** Requests at every step, and how many of them fail. */
const traffic = (total: number, failed: number, steps: number): Inputs =>
  answers(`0+${total - failed}x${steps}`, `0+${failed}x${steps}`);

/** Requests of one route at every step, and how many of them take more than 250 ms. */
function route(total: number, slow: number, steps: number, path = 'login', status = 200): Inputs {
  const labels = `${podLabels},method="POST",route="/api/v1/auth/${path}",status="${status}"`;
  return {
    [`${requests}_count{${labels}}`]: `0+${total}x${steps}`,
    [`${requests}_bucket{${labels},le="0.25"}`]: `0+${total - slow}x${steps}`,
  };
}

/** Twenty minutes in which all requests fail, after an hour in which none did. */
const twentyMinutes = answers('0+600x60 36000x19 36600+600x60', '0x60 600+600x19 12000x60');
/** The alert on their cause, and its end. */
const causeEnded: Inputs = {
  'ALERTS{alertname="AuthPostgresUnavailable",alertstate="firing",namespace="auth-system",job="auth-service"}':
    '_x63 1x18 stale',
};

/** A series that installations of another namespace, and of this one, recorded in the same Prometheus. */
const elsewhere = (series: string, values: string): Inputs => ({
  [`auth:${series}{namespace="elsewhere",job="auth-service",class="authentication"}`]: values,
  [`auth:${series}{namespace="auth-system",job="auth-service-eu",class="authentication"}`]: values,
});

const authentication = { labels: { class: 'authentication' } };
const hours = (number: number) => number * 60;

/** A page that ended at minute 415 of a situation with a sample each five minutes. */
const slowLoginsEnded = {
  'ALERTS{alertname="AuthLoginsSlow",alertstate="firing",namespace="auth-system",job="auth-service"}':
    '_x79 1x3 stale',
};

export const budgets: AlertCases = {
  AuthAvailabilityBudgetBurnFast: [
    fires('5 % of requests fail for an hour', { series: traffic(600, 30, 90), at: '70m', ...authentication }),
    fires('0.8 % fail for seven hours', {
      series: traffic(5000, 40, 100),
      at: '7h',
      interval: '5m',
      ...authentication,
    }),
    fires('all logins fail while a hundred times as many token checks succeed', {
      series: { ...answers('0x90', '0+60x90'), ...answers('0+6000x90', '0x90', 'token_check') },
      at: '70m',
      ...authentication,
    }),
    fires('token checks fail and logins succeed', {
      series: { ...answers('0+60x90', '0x90'), ...answers('0+6000x90', '0+600x90', 'token_check') },
      at: '70m',
      labels: { class: 'token_check' },
    }),
    fires('all requests failed for twenty minutes until ten minutes ago', {
      series: twentyMinutes,
      at: '91m',
      ...authentication,
    }),
    silent('another alert has paged for these twenty minutes, and has ended', {
      series: { ...twentyMinutes, ...causeEnded },
      at: '91m',
    }),
    silent('a minute of errors is over', { series: answers('0+600x90', '0x10 0+30x1 30x79'), at: '70m' }),
    silent('half an hour of 5 % errors ended ten minutes ago', {
      series: answers('0+600x380', `0x${hours(5.5) - 1} 0+30x30 900x20`),
      at: '370m',
    }),
    silent('one of one request a minute fails', { series: answers('0+1x60', '0x30 1x30'), at: '34m' }),
    silent('another installation fails', {
      series: {
        ...traffic(600, 0, 90),
        ...elsewhere('request_error_ratio:rate1h', '0.5x90'),
        ...elsewhere('request_error_ratio:rate5m', '0.5x90'),
        ...elsewhere('request_error_count:increase1h', '1000x90'),
      },
      at: '70m',
    }),
  ],
  AuthAvailabilityBudgetBurnSlow: [
    fires('0.5 % of requests fail for a day', {
      series: traffic(60_000, 300, 55),
      at: '26h',
      interval: '30m',
      ...authentication,
    }),
    fires('0.2 % fail for three days', {
      series: traffic(60_000, 120, 150),
      at: '74h',
      interval: '30m',
      ...authentication,
    }),
    silent('0.05 % fail all the time, which the budget allows', {
      series: traffic(60_000, 30, 150),
      at: '74h',
      interval: '30m',
    }),
    silent('three of a few hundred requests failed in a day', {
      series: answers('0+5x55', '0x40 1 2 3x20'),
      at: '24h',
      interval: '30m',
    }),
  ],
  AuthLatencyBudgetBurnFast: [
    fires('80 % of authentication requests are slow for an hour', { series: route(600, 480, 90), at: '70m' }),
    fires('most logins are slow while token checks and refused logins are fast', {
      series: {
        ...route(60, 48, 90),
        ...route(6000, 0, 90, 'verify'),
        ...route(600, 0, 90, 'login', 429),
        ...route(600, 0, 90, 'login', 503),
      },
      at: '70m',
    }),
    fires('40 % of them are slow for seven hours', {
      series: route(3000, 1200, 100),
      at: '7h',
      interval: '5m',
    }),
    silent('40 % of them are slow for seven hours, and the page about slow logins ended a moment ago', {
      series: { ...route(3000, 1200, 100), ...slowLoginsEnded },
      at: '7h',
      interval: '5m',
    }),
    silent('4 % of them are slow, which the objective allows', { series: route(600, 24, 90), at: '70m' }),
    silent('all of them are slow, but there is only one in ten minutes', {
      series: route(0.1, 0.1, 90),
      at: '70m',
    }),
  ],
  AuthLatencyBudgetBurnSlow: [
    fires('20 % of authentication requests are slow for a day', {
      series: route(3600, 720, 55),
      at: '26h',
      interval: '30m',
    }),
    fires('8 % of them are slow for three days', {
      series: route(3600, 288, 150),
      at: '74h',
      interval: '30m',
    }),
    silent('4 % of them are slow', { series: route(3600, 144, 150), at: '74h', interval: '30m' }),
  ],
};
