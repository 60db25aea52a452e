import { type PanelCases, when } from './case.ts';
import { degradedDependencies } from './runtime.ts';
import { saturation } from './saturation.ts';
import { gauge, step } from './series.ts';
import { container, firing, loginSuccess, loginsOf, requests, slowLogins, up } from './situations.ts';

const availabilityBudget = {
  green: when('0.02 % of the requests fail', requests({ error: 0.0002 })),
  orange: when('0.09 % of the requests fail', requests({ error: 0.0009 })),
  red: when('0.2 % of the requests fail', requests({ error: 0.002 })),
};

const status: PanelCases = {
  Availability: {
    green: when('0.05 % of the requests fail', up(1), requests({ error: 0.0005 })),
    orange: when('0.5 % of the requests fail', up(1), requests({ error: 0.005 })),
    red: [
      when('5 % of the requests fail', up(1), requests({ error: 0.05 })),
      when('no pod answers the scrape', up(0), requests({})),
    ],
  },
  'Latency, p95': {
    green: when('logins take 0.12 s', loginsOf(0.12)),
    orange: when('logins take 0.3 s', loginsOf(0.3)),
    red: when('logins take 0.8 s', loginsOf(0.8)),
  },
  'Login success': {
    green: when('nine of ten logins succeed', loginSuccess(0.9)),
    orange: when('three of ten logins succeed', loginSuccess(0.3)),
  },
  'Firing pages': {
    green: when('only a ticket is open', up(1), firing('AuthRedisUnavailable', 'warning')),
    red: when('one alert pages', up(1), firing('AuthPostgresUnavailable', 'critical')),
  },
  'Availability error budget remaining': availabilityBudget,
  'Latency error budget remaining': {
    green: when('1 % of the logins are slow', slowLogins(0.01)),
    orange: when('4.5 % of the logins are slow', slowLogins(0.045)),
    red: when('6 % of the logins are slow', slowLogins(0.06)),
  },
};

const traffic: PanelCases = {
  'Failed and aborted requests by class': {
    green: when('1 % of the requests fail, and 4 % are aborted', requests({ error: 0.01, aborted: 0.04 })),
    orange: when('6 % of the requests are aborted', requests({ aborted: 0.06 })),
  },
  'Authentication latency': {
    green: when('logins take 0.12 s', loginsOf(0.12)),
    orange: when('logins take 0.3 s', loginsOf(0.3)),
    red: when('logins take 0.8 s', loginsOf(0.8)),
  },
  'Latency by route, p95': {
    green: when('logins take 0.12 s', loginsOf(0.12)),
    orange: when('logins take 0.3 s', loginsOf(0.3)),
  },
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
  'Availability, 30 days': {
    green: when('0.05 % of the requests fail', requests({ error: 0.0005 })),
    red: when('0.15 % of the requests fail', requests({ error: 0.0015 })),
  },
  'Latency, 30 days': {
    green: when('4 % of the logins are slow', slowLogins(0.04)),
    red: when('6 % of the logins are slow', slowLogins(0.06)),
  },
  'Burn rate, 1 hour': {
    green: when('0.09 % of the requests fail', requests({ error: 0.0009 })),
    orange: when('1.4 % of the requests fail', requests({ error: 0.014 })),
    red: when('1.5 % of the requests fail', requests({ error: 0.015 })),
  },
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
