/** A series of one pod. */
export interface PodSeries {
  readonly name: string;
  /** Labels beside those of the pod, as in the text format. */
  readonly labels: string;
  /** Of a counter: events per second. Of a gauge: its value. */
  readonly value: number;
  readonly isCounter: boolean;
}

const counter = (name: string, labels: string, value: number): PodSeries => ({
  ...{ name, labels, value, isCounter: true },
});
const gauge = (name: string, labels: string, value: number): PodSeries => ({
  ...{ name, labels, value, isCounter: false },
});

/** A histogram whose observations are spread evenly over its buckets. */
function histogram(name: string, edges: readonly number[], labels: string, perSecond: number): PodSeries[] {
  const prefix = labels ? `${labels},` : '';
  const les = [...edges.map(String), '+Inf'];
  return [
    ...les.map((le, index) =>
      counter(`${name}_bucket`, `${prefix}le="${le}"`, (perSecond * (index + 1)) / les.length),
    ),
    counter(`${name}_count`, labels, perSecond),
    counter(`${name}_sum`, labels, perSecond / 10),
  ];
}

/** The routes of the service, each with its method, its successful status and its requests per second and pod. */
const routes: readonly (readonly [method: string, route: string, status: number, perSecond: number])[] = [
  ['POST', '/api/v1/auth/login', 200, 2],
  ['POST', '/api/v1/auth/register', 201, 0.1],
  ['POST', '/api/v1/auth/refresh', 200, 4],
  ['POST', '/api/v1/auth/password/reset', 204, 0.05],
  ['GET', '/api/v1/auth/verify', 200, 40],
  ['POST', '/api/v1/auth/logout', 204, 0.5],
  ['POST', '/api/v1/auth/logout-all', 204, 0.1],
  ['POST', '/api/v1/auth/reauthenticate', 200, 0.1],
  ['GET', '/api/v1/users/me', 200, 10],
  ['PATCH', '/api/v1/users/me', 200, 0.1],
  ['DELETE', '/api/v1/users/me', 204, 0.01],
  ['GET', '/api/v1/users/me/export', 200, 0.01],
  ['GET', '/api/v1/users/me/login-history', 200, 0.2],
  ['GET', '/api/v1/users/me/sessions', 200, 0.2],
  ['DELETE', '/api/v1/users/me/sessions/:id', 204, 0.1],
  ['POST', '/api/v1/users/me/delete', 204, 0.01],
  ['POST', '/api/v1/users/me/password', 204, 0.05],
  ['GET', '/api/v1/admin/users', 200, 0.1],
  ['GET', '/api/v1/admin/users/:id', 200, 0.1],
  ['PATCH', '/api/v1/admin/users/:id', 200, 0.02],
  ['PUT', '/api/v1/admin/users/:id/roles', 204, 0.01],
  ['POST', '/api/v1/admin/users/:id/reset-token', 201, 0.01],
  ['GET', '/api/v1/admin/audit-log', 200, 0.05],
  ['GET', '/api/v1/admin/login-histories', 200, 0.05],
  ['GET', '/api/v1/admin/roles', 200, 0.05],
  ['GET', '/.well-known/jwks.json', 200, 1],
  ['GET', 'unmatched', 404, 0.3],
];
const withPasswords = /auth\/(login|register|refresh|password)/;

const requestEdges = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 1, 2.5, 5, 10,
];
const queryEdges = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const commandEdges = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];
const hashEdges = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

function requestDurations(): PodSeries[] {
  return routes.flatMap(([method, route, success, perSecond]) => {
    const refusals = withPasswords.test(route) ? [400, 401, 422, 429, 503] : [401];
    return [success, ...refusals].flatMap((status) =>
      histogram(
        'http_request_duration_seconds',
        requestEdges,
        `method="${method}",route="${route}",status="${status}"`,
        status === success ? perSecond : perSecond / 50,
      ),
    );
  });
}

const counted = (name: string, label: string, names: readonly string[], perSecond: number): PodSeries[] =>
  names.map((value) => counter(name, `${label}="${value}"`, perSecond));

function counters(): PodSeries[] {
  const classes = ['authentication', 'token_check', 'other'];
  return [
    ...classes.flatMap((name) =>
      (['ok', 'error', 'aborted'] as const).map((result) =>
        counter('http_requests_total', `class="${name}",result="${result}"`, result === 'ok' ? 20 : 0.004),
      ),
    ),
    counter('auth_logins_total', 'outcome="success",reason="none"', 2),
    ...['unknown_email', 'wrong_password', 'disabled'].map((reason) =>
      counter('auth_logins_total', `outcome="failure",reason="${reason}"`, 0.05),
    ),
    ...['rotated', 'repeated'].map((cause) =>
      counter('auth_refreshes_total', `outcome="success",cause="${cause}"`, 2),
    ),
    ...['malformed', 'unknown_session', 'ended', 'reuse_old', 'reuse_late', 'session_anomaly'].map((cause) =>
      counter('auth_refreshes_total', `outcome="failure",cause="${cause}"`, 0.001),
    ),
    ...counted('auth_registrations_total', 'outcome', ['success', 'email_taken'], 0.1),
    ...counted(
      'auth_rate_limited_total',
      'limit',
      ['login', 'register', 'refresh', 'account', 'network_account'],
      0.05,
    ),
    ...counted('auth_session_anomalies_total', 'action', ['ended', 'reported'], 0.001),
    ...counted('auth_state_copies_refused_total', 'reason', ['bad_mac', 'other_session', 'bad_time'], 0),
    ...counted(
      'auth_password_breach_checks_total',
      'result',
      ['clear', 'breached', 'failed', 'skipped'],
      0.02,
    ),
    ...counted(
      'auth_redis_commands_failed_total',
      'reason',
      ['no_answer', 'loading', 'read_only', 'busy'],
      0.001,
    ),
    ...counted('auth_hash_rejected_total', 'priority', ['known', 'clean', 'suspect'], 0.001),
    ...counted('http_connections_closed_total', 'reason', ['address', 'total', 'bodies', 'unsent'], 0.001),
    counter('auth_lockouts_total', '', 0.001),
    counter('auth_jwks_requests_total', '', 1),
    counter('process_cpu_seconds_total', '', 0.3),
    ...counted('nodejs_gc_duration_seconds_sum', 'kind', ['major', 'minor', 'incremental'], 0.01),
  ];
}

function gauges(): PodSeries[] {
  const plain: Readonly<Record<string, number>> = {
    auth_active_sessions: 40_000,
    auth_hash_queue_depth: 1,
    auth_last_purge_age_seconds: 40_000,
    auth_postgres_replica_lag_seconds: 0.1,
    http_connections: 200,
    http_requests_in_flight: 3,
    nodejs_eventloop_lag_p99_seconds: 0.02,
    nodejs_heap_size_used_bytes: 6e7,
    process_open_fds: 300,
    process_resident_memory_bytes: 2e8,
  };
  return [
    ...Object.entries(plain).map(([name, value]) => gauge(name, '', value)),
    gauge('up', '', 1),
    ...['success', 'failure'].map((outcome) => gauge('auth_login_accounts', `outcome="${outcome}"`, 30)),
    ...['postgres', 'redis'].map((dependency) => gauge('auth_degraded', `dependency="${dependency}"`, 0)),
    ...['commands', 'messages'].map((one) => gauge('auth_redis_connected', `connection="${one}"`, 1)),
    ...['primary', 'replica'].flatMap((pool) => [
      gauge('auth_postgres_pool_size', `pool="${pool}"`, 10),
      gauge('auth_postgres_pool_waiting', `pool="${pool}"`, 0),
      ...['busy', 'idle'].map((state) =>
        gauge('auth_postgres_connections', `pool="${pool}",state="${state}"`, 3),
      ),
    ]),
    gauge('auth_signing_key_age_seconds', 'kid="a",use="signing"', 1e6),
    gauge('auth_signing_key_age_seconds', 'kid="b",use="accepted"', 9e6),
  ];
}

/** All series of one pod, about as many as the budget of docs/metrics.md allows. */
export const podSeries: readonly PodSeries[] = [
  ...requestDurations(),
  ...['ok', 'error'].flatMap((outcome) => [
    ...histogram('auth_postgres_query_duration_seconds', queryEdges, `outcome="${outcome}"`, 5),
    ...histogram('auth_redis_command_duration_seconds', commandEdges, `outcome="${outcome}"`, 20),
  ]),
  ...['known', 'clean', 'suspect'].flatMap((priority) =>
    histogram('auth_hash_wait_seconds', hashEdges, `priority="${priority}"`, 1),
  ),
  ...histogram('auth_hash_duration_seconds', hashEdges, '', 2),
  ...counters(),
  ...gauges(),
];

/** What the objectives over 30 days count. */
export const objectiveSeries = podSeries.filter(
  ({ labels, name }) =>
    name === 'http_requests_total' ||
    (withPasswords.test(labels) &&
      (/_duration_seconds_count/.test(name) || /le="0\.25"/.test(labels)) &&
      /status="20/.test(labels)),
);
