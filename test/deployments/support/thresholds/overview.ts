import { type PanelCases, percent, when, whenEach } from './case.ts';
import { degradedDependencies } from './runtime.ts';
import { saturation } from './saturation.ts';
import { gauge, step } from './series.ts';
import { container, firing, loginSuccess, loginsOf, requests, slowLogins, up } from './situations.ts';

const failing = (shares: Readonly<Record<string, number>>) =>
  whenEach(
    shares,
    (error) => `${percent(error)} of the requests fail`,
    (error) => requests({ error }),
  );
const slow = (shares: Readonly<Record<string, number>>) =>
  whenEach(shares, (share) => `${percent(share)} of the logins are slow`, slowLogins);
const taking = (seconds: Readonly<Record<string, number>>) =>
  whenEach(seconds, (duration) => `logins take ${duration} s`, loginsOf);

const availabilityBudget = failing({ green: 0.0002, orange: 0.0009, red: 0.002 });
const durations = { green: 0.12, orange: 0.3 };

const status: PanelCases = {
  Availability: {
    green: when('0.05 % of the requests fail', up(1), requests({ error: 0.0005 })),
    orange: when('0.5 % of the requests fail', up(1), requests({ error: 0.005 })),
    red: [
      when('5 % of the requests fail', up(1), requests({ error: 0.05 })),
      when('no pod answers the scrape', up(0), requests({})),
    ],
  },
  'Latency, p95': taking({ ...durations, red: 0.8 }),
  'Login success': whenEach(
    { green: 0.9, orange: 0.3 },
    (share) => `${percent(share)} of the logins succeed`,
    loginSuccess,
  ),
  'Firing pages': {
    green: when('only a ticket is open', up(1), firing('AuthRedisUnavailable', 'warning')),
    red: when('one alert pages', up(1), firing('AuthPostgresUnavailable', 'critical')),
  },
  'Availability error budget remaining': availabilityBudget,
  'Latency error budget remaining': slow({ green: 0.01, orange: 0.045, red: 0.06 }),
};

const traffic: PanelCases = {
  'Failed and aborted requests by class': {
    green: when('1 % of the requests fail, and 4 % are aborted', requests({ error: 0.01, aborted: 0.04 })),
    orange: when('6 % of the requests are aborted', requests({ aborted: 0.06 })),
  },
  'Authentication latency': taking({ ...durations, red: 0.8 }),
  'Latency by route, p95': taking(durations),
};

const deployment = { deployment: 'auth-service' };
const replicas = (available: number) => [
  gauge('kube_deployment_spec_replicas', 3, deployment),
  gauge('kube_deployment_status_replicas_available', available, deployment),
];

const migrationFailures = (count: number) =>
  step('kube_pod_init_container_status_restarts_total', count, { ...container, container: 'migrate' });

const pods: PanelCases = {
  'Pods up': {
    green: when('one pod answers the scrape', up(1)),
    red: [when('no pod answers the scrape', up(0)), when('Prometheus knows no pod')],
  },
  Replicas: {
    green: when('one of three pods is ready', replicas(1)),
    red: when('no pod is ready', replicas(0)),
  },
  'Failed migrations': {
    green: [
      { ...when('there is no migration'), isEmpty: true },
      when('the migration of a pod did not fail', migrationFailures(0)),
    ],
    orange: [
      when('the migration of a pod failed twice', migrationFailures(2)),
      when(
        'the Job of the migrations has failed',
        gauge('kube_job_failed', 1, { job_name: 'auth-service-migrate-4f2a91c0', condition: 'true' }),
      ),
    ],
  },
};

const objectives: PanelCases = {
  'Availability, 30 days': failing({ green: 0.0005, red: 0.0015 }),
  'Latency, 30 days': slow({ green: 0.04, red: 0.06 }),
  'Burn rate, 1 hour': failing({ green: 0.0009, orange: 0.014, red: 0.015 }),
  'Error budgets over 30 days': availabilityBudget,
};

export const overviewCases: PanelCases = {
  ...status,
  ...traffic,
  ...pods,
  ...degradedDependencies,
  ...saturation,
  ...objectives,
};
