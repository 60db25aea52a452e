import { conditionsAt, minutesWithoutPostgres, type Pod, type Scenario, usualLogins } from './conditions.ts';
import type { SeriesWriter } from './series-writer.ts';

/** Minutes for which Redis answers token checks without Postgres. */
const copiesAge = 5;
/** Requests for each login that users want. */
const perLogin = { refresh: 6, tokenCheck: 60, other: 10 };
/** Shares of the requests on a good day. */
const usualShares = { wrongPassword: 0.08, unknownEmail: 0.01, slow: 0.02, verySlow: 0.005, error: 0.00002 };

/** What happens in one minute in all pods together. */
function happenings(scenario: Scenario, minute: number) {
  const conditions = conditionsAt(scenario, minute);
  const {
    away = [],
    attackedAccounts = 0,
    demand = 1,
    guesses = 0,
    loginDemand = 1,
    slowLogins,
  } = conditions;
  const users = usualLogins((scenario.begins ?? 0) + minute) * demand;
  const withoutPostgres = minutesWithoutPostgres(scenario, minute);
  const isWorking = withoutPostgres === undefined;
  const isChecking = isWorking || (!away.includes('redis') && withoutPostgres < copiesAge);
  const attempts = users * loginDemand;
  const failed = attempts * (usualShares.wrongPassword + usualShares.unknownEmail);
  return {
    postgres: isWorking,
    redis: !away.includes('redis'),
    successes: isWorking ? attempts - failed : 0,
    wrongPassword: isWorking ? attempts * usualShares.wrongPassword + guesses * 0.2 : 0,
    unknownEmail: isWorking ? attempts * usualShares.unknownEmail + guesses * 0.1 : 0,
    refreshes: isWorking ? users * perLogin.refresh : 0,
    // Refused attempts are answered with 401 or 429, which are no errors.
    authentications: attempts + users * perLogin.refresh + guesses,
    tokenChecks: users * perLogin.tokenCheck,
    others: users * perLogin.other,
    areAnswered: { authentication: isWorking, token_check: isChecking, other: isWorking },
    slow: Math.max(usualShares.slow, slowLogins ?? 0),
    verySlow: slowLogins ?? usualShares.verySlow,
    accounts: {
      failure: Math.ceil(failed * 10) + attackedAccounts,
      success: Math.ceil((attempts - failed) * 10),
    },
  };
}

type Happenings = ReturnType<typeof happenings>;

/** Everything that one pod exposes in the minute. `share` of the requests reach it. */
function writePod(writer: SeriesWriter, pod: Pod, minute: number, now: Happenings, share: number): void {
  const labels = `namespace="auth-system",job="auth-service",pod="${pod.name}"`;
  const count = (name: string, growth: number, more = ''): void =>
    writer.count(`${name}{${labels}${more}}`, minute, growth * share);
  const gauge = (name: string, value: number, more = ''): void =>
    writer.gauge(`${name}{${labels}${more}}`, minute, value);

  gauge('auth_build_info', 1, ',version="1.1.0"');
  count('auth_logins_total', now.successes, ',outcome="success",reason="none"');
  count('auth_logins_total', now.wrongPassword, ',outcome="failure",reason="wrong_password"');
  count('auth_logins_total', now.unknownEmail, ',outcome="failure",reason="unknown_email"');
  gauge('auth_login_accounts', now.accounts.failure, ',outcome="failure"');
  gauge('auth_login_accounts', now.accounts.success, ',outcome="success"');
  count('auth_registrations_total', now.successes / 50, ',outcome="email_taken"');
  count('auth_refreshes_total', now.refreshes, ',outcome="success",cause="rotated"');
  count('auth_refreshes_total', now.refreshes / 100_000, ',outcome="failure",cause="reuse_old"');
  count('auth_session_anomalies_total', 0, ',action="ended"');
  for (const reason of ['bad_mac', 'other_session', 'bad_time'])
    count('auth_state_copies_refused_total', 0, `,reason="${reason}"`);

  const requests = { authentication: now.authentications, token_check: now.tokenChecks, other: now.others };
  for (const name of ['authentication', 'token_check', 'other'] as const) {
    const errors = now.areAnswered[name] ? 0.00002 : 1;
    count('http_requests_total', requests[name] * (1 - errors), `,class="${name}",result="ok"`);
    count('http_requests_total', requests[name] * errors, `,class="${name}",result="error"`);
    count('http_requests_total', requests[name] * 0.001, `,class="${name}",result="aborted"`);
  }
  for (const [route, answered, isLogin] of [
    ['login', now.successes, true],
    ['refresh', now.refreshes, false],
  ] as const) {
    const of = `,method="POST",route="/api/v1/auth/${route}",status="200"`;
    const within = (seconds: string, slow: number): void =>
      count('http_request_duration_seconds_bucket', answered * (1 - slow), `${of},le="${seconds}"`);
    within('0.25', isLogin ? now.slow : 0.001);
    within('0.5', isLogin ? now.verySlow : 0.0001);
    count('http_request_duration_seconds_count', answered, of);
  }

  const hashes = now.successes + now.wrongPassword + now.unknownEmail;
  for (const [seconds, part] of [
    ['0.1', 0.9],
    ['1', 0.97],
    ['5', 1],
    ['+Inf', 1],
  ] as const)
    count('auth_hash_wait_seconds_bucket', hashes * part, `,priority="clean",le="${seconds}"`);
  count('auth_hash_rejected_total', 0, ',priority="clean"');
  gauge('nodejs_eventloop_lag_p99_seconds', 0.02);

  // Without Redis, Postgres answers the token checks as well.
  const queries = hashes * 4 + now.refreshes * 2 + (now.redis ? 12 : now.tokenChecks);
  count('auth_postgres_query_duration_seconds_count', now.postgres ? queries : 0, ',outcome="ok"');
  count('auth_postgres_query_duration_seconds_count', now.postgres ? 0 : queries, ',outcome="error"');
  const commands = requests.authentication * 2 + now.tokenChecks + 12;
  count('auth_redis_command_duration_seconds_count', now.redis ? commands : 0, ',outcome="ok"');
  count('auth_redis_command_duration_seconds_count', now.redis ? 0 : commands, ',outcome="error"');
  gauge('auth_degraded', now.postgres ? 0 : 1, ',dependency="postgres"');
  gauge('auth_degraded', now.redis ? 0 : 1, ',dependency="redis"');
  gauge('auth_postgres_pool_size', 10, ',pool="primary"');
  gauge('auth_postgres_pool_waiting', now.postgres && now.redis ? 0 : 4, ',pool="primary"');

  // The purge and the backup run at three in the morning.
  const sinceNight = ((minute + 21 * 60) % 1_440) * 60;
  gauge('auth_last_purge_age_seconds', sinceNight);
  gauge('auth_last_backup_timestamp_seconds', minute * 60 - sinceNight);
  gauge('auth_signing_key_age_seconds', 30 * 86_400 + minute * 60, ',kid="one",use="signing"');
}

/** The series that Prometheus scrapes from the pods in the minute. */
export function writeService(writer: SeriesWriter, scenario: Scenario, minute: number): void {
  const scraped = scenario.pods.filter(({ from, until }) => from <= minute && minute < until);
  const { down = false, laggard = false } = conditionsAt(scenario, minute);
  const working = scraped.filter(({ downFrom = Number.POSITIVE_INFINITY }) => !down && minute < downFrom);
  const now = happenings(scenario, minute);
  for (const pod of scraped) {
    const isUp = working.includes(pod);
    const labels = `namespace="auth-system",job="auth-service",pod="${pod.name}"`;
    writer.gauge(`up{${labels}}`, minute, Number(isUp));
    const isLaggard = laggard && pod === working.at(-1);
    if (isUp)
      writePod(writer, pod, minute, isLaggard ? { ...now, postgres: false } : now, 1 / working.length);
  }
}
