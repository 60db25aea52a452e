import type { MetricFactory } from './metric-factory.ts';

const logins = [
  { outcome: 'success', reason: 'none' },
  ...['unknown_email', 'wrong_password', 'disabled'].map((reason) => ({ outcome: 'failure', reason })),
];
const refreshFailures = ['malformed', 'unknown_session', 'bad_tag', 'ended', 'reuse_old', 'reuse_late'];
const refreshes = [
  ...['rotated', 'repeated'].map((cause) => ({ outcome: 'success', cause })),
  ...refreshFailures.map((cause) => ({ outcome: 'failure', cause })),
];
const limits = [
  'login',
  'register',
  'refresh',
  'password',
  'confirm',
  'account',
  'network_account',
  'confirmation',
];

/** What the service is for, in numbers. */
export function createAuthMetrics(factory: MetricFactory) {
  return {
    logins: factory.counter(
      'auth_logins_total',
      'Login attempts by outcome and reason',
      ['outcome', 'reason'],
      logins,
    ),
    registrations: factory.counter(
      'auth_registrations_total',
      'Registrations by outcome',
      ['outcome'],
      [{ outcome: 'success' }],
    ),
    refreshes: factory.counter(
      'auth_refreshes_total',
      'Token refreshes by outcome and cause',
      ['outcome', 'cause'],
      refreshes,
    ),
    rateLimited: factory.counter(
      'auth_rate_limited_total',
      'Requests refused by a rate limit',
      ['limit'],
      limits.map((limit) => ({ limit })),
    ),
    lockouts: factory.counter(
      'auth_lockouts_total',
      'Accounts whose free login attempts were used up, so that further ones have to wait',
    ),
    jwksRequests: factory.counter('auth_jwks_requests_total', 'Requests for the public keys'),
    activeSessions: factory.gauge(
      'auth_active_sessions',
      'Living sessions of all users, as one replica counted them in the last minute; 0 on the others, so take max',
    ),
    purgeLag: factory.collectedGauge(
      'auth_purge_lag_seconds',
      'Time since the purge last ran to its end; since the schema was made when it never has',
      [],
    ),
    signingKeyAge: factory.collectedGauge(
      'auth_signing_key_age_seconds',
      'Age of each key since any replica first saw it, by its use: signing, or accepted only',
      ['kid', 'use'],
    ),
  };
}
