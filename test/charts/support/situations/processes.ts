import { type AlertCases, fires, podLabels, silent } from './alert-case.ts';

/** Successful logins, and token checks of which `aborted` are aborted by the client. */
const tokenChecks = (answered: number, aborted: string) => ({
  [`http_requests_total{${podLabels},class="authentication",result="ok"}`]: '0+600x60',
  [`http_requests_total{${podLabels},class="authentication",result="aborted"}`]: '0x60',
  [`http_requests_total{${podLabels},class="token_check",result="ok"}`]: `0+${answered}x60`,
  [`http_requests_total{${podLabels},class="token_check",result="aborted"}`]: aborted,
});

/** Of a hundred hashes a minute, `withinSecond` wait less than a second. `rejected` more are rejected. */
const hashes = (withinSecond: number, rejected: number) => ({
  [`auth_hash_wait_seconds_bucket{${podLabels},le="1"}`]: `0+${withinSecond}x60`,
  [`auth_hash_wait_seconds_bucket{${podLabels},le="5"}`]: '0+100x60',
  [`auth_hash_wait_seconds_bucket{${podLabels},le="+Inf"}`]: '0+100x60',
  [`auth_hash_rejected_total{${podLabels}}`]: `0+${rejected}x60`,
});

const lag = (values: string) => ({ [`nodejs_eventloop_lag_p99_seconds{${podLabels}}`]: values });

export const processes: AlertCases = {
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
  AuthHashQueueSaturated: [
    fires('a fifth of all hashes wait longer than a second', { series: hashes(80, 0), at: '20m' }),
    fires('hashes are rejected, and none waits', { series: hashes(100, 60), at: '20m' }),
    silent('one hash in a hundred waits longer than a second', { series: hashes(99, 0), at: '20m' }),
  ],
  AuthEventLoopLag: [
    fires('one in a hundred events waits for a second', {
      series: lag('1x60'),
      at: '30m',
      labels: { pod: 'a' },
    }),
    silent('events wait for 20 ms', { series: lag('0.02x60'), at: '30m' }),
    silent('a single scrape reports two seconds', { series: lag('0.02x20 2 0.02x40'), at: '25m' }),
  ],
};
