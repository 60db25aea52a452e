import type { MetricFactory } from './metric-factory.ts';

const logins = [
  { outcome: 'success', reason: 'none' },
  ...['unknown_email', 'wrong_password', 'disabled'].map((reason) => ({ outcome: 'failure', reason })),
];
const refreshFailures = [
  'malformed',
  'unknown_session',
  'bad_tag',
  'ended',
  'reuse_old',
  'reuse_late',
  'session_anomaly',
];
const refreshes = [
  ...['rotated', 'repeated'].map((cause) => ({ outcome: 'success', cause })),
  ...refreshFailures.map((cause) => ({ outcome: 'failure', cause })),
];
/** The limits of routes are not listed: they add their series when the routes are created. */
const attemptLimits = ['account', 'network_account', 'password_confirmation', 'step_up'];

/** Attempts with a password, and the limits that refuse them. */
function createAttemptMetrics(factory: MetricFactory) {
  return {
    logins: factory.counter('auth_logins_total', 'Login attempts by outcome and reason.', logins),
    loginAccounts: factory.collectedGauge(
      'auth_login_accounts',
      'Distinct accounts that logins named in the last ten minutes on all replicas: aggregate with max. Outcome is success, or failure for refused and throttled logins. An account is an email, whether or not it exists.',
      ['outcome'],
    ),
    registrations: factory.counter(
      'auth_registrations_total',
      'Registration attempts by outcome. Outcome is success or the error code.',
      [{ outcome: 'success' }],
    ),
    rateLimited: factory.counter(
      'auth_rate_limited_total',
      'Requests refused with status 429, by the limit that was exceeded.',
      attemptLimits.map((limit) => ({ limit })),
    ),
    lockouts: factory.counter(
      'auth_lockouts_total',
      'Lockouts: an account used up its login attempts for everybody, so a network needs an attempt slot.',
    ),
  };
}

/** Logins, sessions, tokens and limits. */
export function createAuthMetrics(factory: MetricFactory) {
  return {
    ...createAttemptMetrics(factory),
    refreshes: factory.counter('auth_refreshes_total', 'Token refreshes by outcome and cause.', refreshes),
    sessionAnomalies: factory.counter(
      'auth_session_anomalies_total',
      'Refresh tokens that two networks or user agents used within the grace period. Action is ended or reported.',
      ['ended', 'reported'].map((action) => ({ action })),
    ),
    stateCopiesRefused: factory.counter(
      'auth_state_copies_refused_total',
      'Session states in Redis that a token check did not use, by reason: somebody else may have written to Redis.',
      ['bad_mac', 'other_session', 'bad_time'].map((reason) => ({ reason })),
    ),
    breachChecks: factory.counter(
      'auth_password_breach_checks_total',
      'New passwords by the result of the check for breaches: clear, breached, failed or skipped. The last two accept the password unchecked.',
      ['clear', 'breached', 'failed', 'skipped'].map((result) => ({ result })),
    ),
    jwksRequests: factory.counter('auth_jwks_requests_total', 'Requests for the JSON Web Key Set (JWKS).'),
    activeSessions: factory.gauge(
      'auth_active_sessions',
      'Active sessions of all users. One replica counts them each minute and the others report 0: aggregate with max.',
    ),
    lastPurgeAge: factory.collectedGauge(
      'auth_last_purge_age_seconds',
      'Time since the last complete purge, or since the creation of the schema if no purge has completed.',
      [],
    ),
    lastBackup: factory.collectedGauge(
      'auth_last_backup_timestamp_seconds',
      'Time of the data in the last backup that auth-service backup completed, as a Unix timestamp, or of the creation of the schema if there is no backup.',
      [],
    ),
    historyProtected: factory.gauge(
      'auth_history_protected',
      'Whether the role of the service in Postgres can neither change nor delete login history and audit log (1), or can (0). Read at the start; always 0 with the embedded Postgres.',
    ),
    signingKeyAge: factory.collectedGauge(
      'auth_signing_key_age_seconds',
      'Time since a replica first loaded the key. Use is signing, or accepted for keys that only verify.',
      ['kid', 'use'],
    ),
  };
}
