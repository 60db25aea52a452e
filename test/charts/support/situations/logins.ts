import type { Inputs } from '../promtool.ts';
import { type AlertCases, fires, podLabels, silent } from './alert-case.ts';

/** Logins of each minute, and how many of them take longer than half a second. */
function logins(all: number, slow: number, status = 200): Inputs {
  const labels = `${podLabels},method="POST",route="/api/v1/auth/login",status="${status}"`;
  return {
    [`http_request_duration_seconds_count{${labels}}`]: `0+${all}x60`,
    [`http_request_duration_seconds_bucket{${labels},le="0.5"}`]: `0+${all - slow}x60`,
  };
}

const installation = 'namespace="auth-system",job="auth-service"';
const recorded = (name: string, values: string): Inputs => ({
  [`auth:${name}:rate5m{${installation}}`]: values,
});
/**
 * Events per second: a week as usual, and then as of now. A sample each two hours is enough for what is compared, and cheap.
 * @param samples of the week, after the first one
 */
const since = (usual: number, now: number, samples = 84): string => `${usual}x${samples} ${now}x20`;
const week = { interval: '2h', at: '172h' };
/** The same with a sample each half hour, which contains the half hour after an outage. */
const halfHours = 338;
const fineWeek = { interval: '30m', at: '172h' };

/** Successful logins, and all requests for authentication. */
const users = (success: string, requests: string): Inputs => ({
  ...recorded('logins_succeeded', success),
  ...recorded('authentication_requests', requests),
});

/** Requests of all kinds. The pods answer the scrape. */
const requests = (values: string, up = '1x400'): Inputs => ({
  ...recorded('requests', values),
  [`up{${podLabels}}`]: up,
});

/** An outage that paged, and ended a moment ago. */
const outageEnded: Inputs = {
  [`ALERTS{alertname="AuthPostgresUnavailable",alertstate="firing",${installation},severity="critical"}`]: `_x${halfHours + 2} 1x3 stale`,
};

export const loginSituations: AlertCases = {
  AuthLoginsSlow: [
    fires('every login takes longer than half a second, for five minutes', {
      series: logins(30, 30),
      at: '6m',
    }),
    fires('they are one a minute', { series: logins(1, 1), at: '40m' }),
    silent('a third of them are slow', { series: logins(30, 10), at: '20m' }),
    silent('two of two logins in five minutes are slow', { series: logins(0.2, 0.2), at: '40m' }),
    silent('refused attempts are delayed', {
      series: { ...logins(30, 0), ...logins(300, 300, 401) },
      at: '20m',
    }),
  ],
  AuthLoginSuccessCollapsed: [
    fires('hardly anybody logs in while the requests go on, such as after a release of the client', {
      series: users(since(0.5, 0.02), since(5, 4)),
      ...week,
    }),
    silent('a third of the usual logins succeed', { series: users(since(0.5, 0.17), since(5, 4)), ...week }),
    silent('it is a holiday, and nobody refreshes a token either', {
      series: users(since(0.5, 0.02), since(5, 0.6)),
      ...week,
    }),
    silent('three logins an hour are usual, and none succeeds', {
      series: users(since(0.001, 0), since(0.01, 0.01)),
      ...week,
    }),
    silent('the installation is three days old', {
      series: users('0.5x34 0.02x20', '5x60'),
      interval: '2h',
      at: '72h',
    }),
    silent('it is a Sunday: yesterday was busy, a week ago was not', {
      series: users('0.02x5 0.5x78 0.02x20', '5x110'),
      ...week,
    }),
    silent('an outage ended a few minutes ago', {
      series: { ...users(since(0.5, 0.02, halfHours), since(5, 4, halfHours)), ...outageEnded },
      ...fineWeek,
    }),
  ],
  AuthNoTraffic: [
    fires('no request arrives', { series: requests(since(2, 0)), ...week }),
    fires('only a robot sends requests', { series: requests(since(20, 0.5)), ...week }),
    silent('a tenth of the usual requests arrive', { series: requests(since(20, 2)), ...week }),
    silent('requests are rare', { series: requests(since(0.05, 0)), ...week }),
    silent('no pod can be scraped', { series: requests(since(2, 0), '1x84 0x20'), ...week }),
    silent('the installation is three days old', {
      series: requests('2x34 0x20'),
      interval: '2h',
      at: '72h',
    }),
    silent('an outage ended a few minutes ago', {
      series: { ...requests(since(2, 0, halfHours)), ...outageEnded },
      ...fineWeek,
    }),
  ],
};
