import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import {
  byPod,
  type DashboardDefinition,
  type Panel,
  panel,
  quantile,
  rate,
  rateBy,
  totalRate,
} from './panel.ts';

function users(selector: string): Panel[] {
  const logins = (matchers = '') => `auth_logins_total{${selector}${matchers}}`;
  const failureRatio = `sum(${rate(logins(',outcome="failure"'))}) / sum(${rate(logins())})`;
  const sessions = `max(auth_active_sessions{${selector}})`;
  return [
    panel('Logins by outcome', 'cps', [rateBy(['outcome', 'reason'], logins())], {
      description:
        'Login attempts per second. A high rate of unknown_email indicates credential stuffing, a high rate of ' +
        'wrong_password indicates password guessing.',
      logs: {
        query: 'filter event = "login" | stats count(*) / 60 as logins by bin(1m), outcome, reason',
        unit: 'per second',
      },
    }),
    panel('Login failure ratio', 'percentunit', [{ legend: 'failed', expr: failureRatio }], {
      description:
        'Share of login attempts that fail. Ordinary mistakes cause about 10 %. Above 60 % an alert fires.',
    }),
    panel('Registrations by outcome', 'cps', [rateBy(['outcome'], `auth_registrations_total{${selector}}`)], {
      description: 'Registration attempts per second. The outcome is success or the error code.',
    }),
    panel('Active sessions', 'none', [{ legend: 'sessions', expr: sessions }], {
      description:
        'Sessions of all users that have neither ended nor expired. One pod counts them each minute.',
    }),
  ];
}

function rateLimiting(selector: string): Panel[] {
  const refused = rateBy(['limit'], `auth_rate_limited_total{${selector}}`);
  const lockouts = `sum(increase(auth_lockouts_total{${selector}}[15m]))`;
  return [
    panel('Rate-limited requests by limit', 'cps', [refused], {
      description:
        'Requests per second that were refused with status 429. The limits account and network_account count login ' +
        'attempts on one account.',
      logs: {
        query: 'filter event = "request" and status = 429 | stats count(*) as refused by bin(1m), route',
        unit: 'per minute',
      },
    }),
    panel('Account lockouts, 15 minutes', 'short', [{ legend: 'accounts', expr: lockouts }], {
      description:
        'Accounts whose login attempts for everybody were used up. The owner can still log in from a known device, and ' +
        'from a new one in an attempt slot.',
      logs: {
        query: 'filter event = "account_locked" | stats count(*) as accounts by bin(15m)',
        unit: 'accounts',
      },
    }),
  ];
}

function tokens(selector: string): Panel[] {
  const refreshes = `auth_refreshes_total{${selector}}`;
  const reuses = `sum by (cause) (increase(auth_refreshes_total{${selector},cause=~"reuse_.+"}[15m]))`;
  const anomalies = `sum by (action) (increase(auth_session_anomalies_total{${selector}}[15m]))`;
  const verify = `http_request_duration_seconds_count{${selector},route="/api/v1/auth/verify"}`;
  const checks = [totalRate('verify', verify), totalRate('JWKS', `auth_jwks_requests_total{${selector}}`)];
  const keyAge = `max by (use, kid) (auth_signing_key_age_seconds{${selector}})`;
  return [
    panel('Token refreshes by cause', 'cps', [rateBy(['outcome', 'cause'], refreshes)], {
      description:
        'Token refreshes per second. The cause repeated means that a client sent the previous refresh token again ' +
        'within REFRESH_GRACE, which is allowed.',
    }),
    panel('Refresh token reuse, 15 minutes', 'short', [{ legend: '{{cause}}', expr: reuses }], {
      description:
        'Sessions that were ended because a refresh token was reused. Either the token was stolen, or the client ' +
        'loses responses.',
      logs: {
        query: 'filter event = "refresh_reuse" | stats count(*) as reuses by bin(15m), cause',
        unit: 'sessions',
      },
    }),
    panel('Session anomalies, 15 minutes', 'short', [{ legend: '{{action}}', expr: anomalies }], {
      description:
        'Refresh tokens that two networks or user agents used within REFRESH_GRACE. The session was ended, or only ' +
        'reported (REFRESH_ANOMALY).',
      logs: {
        query: 'filter event = "session_anomaly" | stats count(*) as anomalies by bin(15m), action',
        unit: 'sessions',
      },
    }),
    panel('Token checks', 'reqps', checks, {
      description: 'Requests per second to /api/v1/auth/verify and for the JSON Web Key Set (JWKS).',
    }),
    panel('Signing key age', 's', [{ legend: '{{use}} {{kid}}', expr: keyAge }], {
      description:
        'Time since a replica first loaded the key, including retired and upcoming keys (accepted). The key that signs ' +
        'should be younger than 100 days.',
    }),
  ];
}

function hashing(selector: string): Panel[] {
  const durations = [
    { legend: 'queue time', expr: quantile(0.95, 'auth_hash_wait_seconds', selector) },
    { legend: 'argon2', expr: quantile(0.95, 'auth_hash_duration_seconds', selector) },
  ];
  const rates = [
    totalRate('computed', `auth_hash_duration_seconds_count{${selector}}`),
    totalRate('rejected', `auth_hash_rejected_total{${selector}}`),
  ];
  return [
    panel('Hash queue depth', 'none', [byPod(`auth_hash_queue_depth{${selector}}`, 'sum')], {
      description: 'Password hashes that wait for a free slot, by pod.',
    }),
    panel('Hash queue time and duration, p95', 's', durations, {
      description:
        'Seconds. The queue time grows with the load. The duration grows with the argon2 parameters and with CPU ' +
        'throttling.',
    }),
    panel('Hash rate', 'cps', rates, {
      description: 'Password hashes per second: computed, and rejected by the queue (status 503).',
    }),
  ];
}

/** Who logs in, who fails to, and is there an attack? */
export function authentication(values: Values): DashboardDefinition {
  const selector = serviceSelector(values);
  return {
    title: 'Auth service / Authentication',
    sections: [
      { title: 'Users', panels: users(selector) },
      { title: 'Rate limiting and lockout', panels: rateLimiting(selector) },
      { title: 'Tokens', panels: tokens(selector) },
      { title: 'Password hashing', panels: hashing(selector) },
    ],
  };
}
