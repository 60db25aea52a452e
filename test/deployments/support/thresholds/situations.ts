import { type CaseSeries, counter, gauge, histogram } from './series.ts';

/** A pod of the Deployment, as Kubernetes names it. */
export const pod = 'auth-service-7d9f8b6c54-x2x4z';
export const container = { pod, container: 'auth-service' };

export const up = (value: 0 | 1): CaseSeries => gauge('up', value, { pod });

/** Ten requests per second of each class, of which a share fails, and another one is aborted by the client. */
export function requests(share: { readonly error?: number; readonly aborted?: number }): CaseSeries[] {
  const { aborted = 0, error = 0 } = share;
  return ['authentication', 'token_check'].flatMap((name) =>
    Object.entries({ ok: 1 - error - aborted, error, aborted }).map(([result, ratio]) =>
      counter('http_requests_total', 10 * ratio, { pod, class: name, result }),
    ),
  );
}

const login = { pod, method: 'POST', route: '/api/v1/auth/login', status: '200' };

/** Ten successful logins per second, all of the same duration in seconds. */
export const loginsOf = (seconds: number): CaseSeries[] =>
  histogram('http_request_duration_seconds', 10, seconds, login);

/** Ten logins per second of which a share takes longer than the objective allows. */
export function slowLogins(share: number): CaseSeries[] {
  const refresh = { ...login, route: '/api/v1/auth/refresh' };
  return [
    ...histogram('http_request_duration_seconds', 10 * (1 - share), 0.08, login),
    ...histogram('http_request_duration_seconds', 10 * share, 0.4, refresh),
  ];
}

/** One login attempt per second, of which a share succeeds. */
export const loginSuccess = (share: number): CaseSeries[] => [
  counter('auth_logins_total', share, { pod, outcome: 'success', reason: 'none' }),
  counter('auth_logins_total', 1 - share, { pod, outcome: 'failure', reason: 'wrong_password' }),
];

/** An alert that fires, as Prometheus records it. */
export const firing = (alertname: string, severity: 'critical' | 'warning'): CaseSeries =>
  gauge('ALERTS', 1, { alertname, alertstate: 'firing', severity });
