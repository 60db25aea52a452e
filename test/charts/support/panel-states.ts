const service = 'namespace="auth-system",job="auth-service"';
const pod = `${service},pod="auth-service-7d9f8b-x2x4z"`;
const container = (namespace: string, pod: string, name = 'auth-service') =>
  `namespace="${namespace}",container="${name}",pod="${pod}"`;

/** What a panel shows in a state of the service, after ten minutes: label sets with values. */
export interface State {
  readonly title: string;
  readonly panel: string;
  readonly query?: number;
  /** One value each 30 s, in the notation of promtool. */
  readonly series: Readonly<Record<string, string>>;
  readonly shows: Readonly<Record<string, number>>;
}

const noNumber = 'NaN '.repeat(21).trim();
const isUp = { [`up{${pod}}`]: '1x20' };
const isDown = { [`up{${pod}}`]: '0x20' };
const requests = (ok: string, error: string) => ({
  [`http_requests_total{${pod},class="authentication",result="ok"}`]: ok,
  [`http_requests_total{${pod},class="authentication",result="error"}`]: error,
});
const errorRatio = (value: string, name = 'authentication') => ({
  [`auth:request_error_ratio:rate5m{${service},class="${name}"}`]: value,
});

/** The states of test/charts/dashboard-states.process.ts. */
export const states: readonly State[] = [
  {
    title: 'the availability of the worst class',
    panel: 'Availability',
    series: { ...isUp, ...errorRatio('0.02x20'), ...errorRatio('0x20', 'token_check') },
    shows: { '{}': 0.98 },
  },
  {
    title: 'no availability without requests',
    panel: 'Availability',
    series: { ...isUp, ...errorRatio(noNumber), ...errorRatio(noNumber, 'token_check') },
    shows: {},
  },
  {
    title: 'an availability of 0 while no pod answers, although the last ratio was good',
    panel: 'Availability',
    series: { ...isDown, ...errorRatio('0x20') },
    shows: { '{}': 0 },
  },
  {
    title: 'an availability of 0 if all pods are gone',
    panel: 'Availability',
    series: errorRatio('0x10 _x10'),
    shows: { '{}': 0 },
  },
  {
    title: 'no firing page while the rules are evaluated',
    panel: 'Firing pages',
    series: { [`auth:installation:info{${service}}`]: '1x20' },
    shows: { '{}': 0 },
  },
  {
    title: 'the number of firing pages, without tickets and without alerts that are pending',
    panel: 'Firing pages',
    series: {
      [`auth:installation:info{${service}}`]: '1x20',
      [`ALERTS{${service},alertname="AuthLoginsSlow",alertstate="firing",severity="critical"}`]: '1x20',
      [`ALERTS{${service},alertname="AuthNoTraffic",alertstate="pending",severity="critical"}`]: '1x20',
      [`ALERTS{${service},alertname="AuthCpuThrottled",alertstate="firing",severity="warning"}`]: '1x20',
      'ALERTS{namespace="other",job="auth-service",alertname="AuthLoginsSlow",alertstate="firing",severity="critical"}':
        '1x20',
    },
    shows: { '{}': 1 },
  },
  { title: 'no number of pages without rules', panel: 'Firing pages', series: isUp, shows: {} },
  {
    title: 'no pods up if all are gone',
    panel: 'Pods up',
    series: { [`up{${pod}}`]: '1x5 stale' },
    shows: { '{}': 0 },
  },
  {
    title: 'no failed requests without traffic',
    panel: 'Failed and aborted requests by class',
    series: requests('7x20', '3x20'),
    shows: { '{class="authentication"}': 0 },
  },
  {
    title: 'failed requests over a missed scrape',
    panel: 'Failed and aborted requests by class',
    series: requests('0+96x18 _ 1920', '0+32x18 _ 640'),
    shows: { '{class="authentication"}': 0.25 },
  },
  {
    title: 'nothing of failed requests while nothing is scraped',
    panel: 'Failed and aborted requests by class',
    series: requests('0+90x10 _x10', '0+10x10 _x10'),
    shows: {},
  },
  ...['postgres_query', 'redis_command'].flatMap((store) => {
    const panel = store === 'postgres_query' ? 'Failed Postgres queries' : 'Failed Redis commands';
    const operations = (outcome: string, counts: string) => ({
      [`auth_${store}_duration_seconds_bucket{${pod},outcome="${outcome}",le="+Inf"}`]: counts,
    });
    return [
      {
        title: `no failed operation before the first one in “${panel}”`,
        panel,
        series: { ...operations('ok', '0+30x20'), ...operations('error', '0x20') },
        shows: { '{}': 0 },
      },
      {
        title: `the first failed operations in “${panel}”`,
        panel,
        series: { ...operations('ok', '0+30x20'), ...operations('error', '0x15 100x4') },
        shows: { '{}': 0.25 },
      },
      {
        title: `no failed operation before the first operation in “${panel}”`,
        panel,
        series: { ...operations('ok', '0x20'), ...operations('error', '0x20') },
        shows: { '{}': 0 },
      },
    ];
  }),
  {
    title: 'the share of logins that succeed',
    panel: 'Login success',
    series: {
      [`auth_logins_total{${pod},outcome="success",reason="none"}`]: '0+30x20',
      [`auth_logins_total{${pod},outcome="failure",reason="wrong_password"}`]: '0+10x20',
    },
    shows: { '{}': 0.75 },
  },
  {
    title: 'no share of logins while nobody logs in',
    panel: 'Login success',
    series: { [`auth_logins_total{${pod},outcome="success",reason="none"}`]: '4x20' },
    shows: {},
  },
  {
    title: 'attacked accounts without as many as mistakes explain, however many pods report them',
    panel: 'Attacked accounts',
    series: Object.fromEntries(
      ['a', 'b'].flatMap((name) => [
        [`auth_login_accounts{${service},pod="auth-service-1-${name}",outcome="failure"}`, '300x20'],
        [`auth_login_accounts{${service},pod="auth-service-1-${name}",outcome="success"}`, '1000x20'],
      ]),
    ),
    shows: { '{}': 100 },
  },
  {
    title: 'the share of throttled periods of its own containers only',
    panel: 'CPU throttling',
    series: Object.fromEntries(
      (
        [
          [container('auth-system', 'auth-service-7d9f8b-x2x4z'), 300, 60],
          [container('auth-system', 'auth-service-7d9f8b-w8w9t'), 300, 0],
          [container('elsewhere', 'auth-service-5c4d-k7k8p'), 300, 60],
          [container('auth-system', 'auth-service-eu-5c4d-h5h6j'), 300, 60],
          [container('auth-system', 'auth-service-7d9f8b-x2x4z', 'proxy'), 300, 300],
        ] as const
      ).flatMap(([labels, periods, throttled]) => [
        [`container_cpu_cfs_periods_total{${labels}}`, `0+${periods}x20`],
        [`container_cpu_cfs_throttled_periods_total{${labels}}`, `0+${throttled}x20`],
      ]),
    ),
    shows: { '{pod="auth-service-7d9f8b-x2x4z"}': 0.2, '{pod="auth-service-7d9f8b-w8w9t"}': 0 },
  },
  {
    title: 'memory without kube-state-metrics, and nothing without a limit',
    panel: 'Memory of the limit',
    series: {
      [`container_memory_working_set_bytes{${container('auth-system', 'auth-service-1-a')}}`]: '96x20',
      [`container_spec_memory_limit_bytes{${container('auth-system', 'auth-service-1-a')}}`]: '128x20',
      [`container_memory_working_set_bytes{${container('auth-system', 'auth-service-1-b')}}`]: '96x20',
      [`container_spec_memory_limit_bytes{${container('auth-system', 'auth-service-1-b')}}`]: '0x20',
    },
    shows: { '{pod="auth-service-1-a"}': 0.75 },
  },
];
