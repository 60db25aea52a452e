import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import {
  byPod,
  type DashboardDefinition,
  type Panel,
  quantile,
  rate,
  rateBy,
  type Section,
} from './panel.ts';

function logins(selector: string): Panel[] {
  const total = `sum(${rate(`auth_logins_total{${selector}}`)})`;
  return [
    {
      title: 'Logins by outcome',
      description:
        'Login attempts per second. A high rate of unknown_email indicates credential stuffing, a high rate of ' +
        'wrong_password indicates password guessing.',
      unit: 'cps',
      queries: [rateBy(['outcome', 'reason'], `auth_logins_total{${selector}}`)],
      logs: {
        query: 'filter event = "login" | stats count(*) / 60 as logins by bin(1m), outcome, reason',
        unit: 'per second',
      },
    },
    {
      title: 'Login failure ratio',
      description:
        'Share of login attempts that fail. Ordinary mistakes cause about 10 %. Above 60 % an alert fires.',
      unit: 'percentunit',
      queries: [
        {
          legend: 'failed',
          expr: `sum(${rate(`auth_logins_total{${selector},outcome="failure"}`)}) / ${total}`,
        },
      ],
    },
  ];
}

function users(selector: string): Section {
  const registrations: Panel = {
    title: 'Registrations by outcome',
    description: 'Registration attempts per second. The outcome is success or the error code.',
    unit: 'cps',
    queries: [rateBy(['outcome'], `auth_registrations_total{${selector}}`)],
  };
  const sessions: Panel = {
    title: 'Active sessions',
    description:
      'Sessions of all users that have neither ended nor expired. One pod counts them each minute.',
    unit: 'none',
    queries: [{ legend: 'sessions', expr: `max(auth_active_sessions{${selector}})` }],
  };
  return { title: 'Users', panels: [...logins(selector), registrations, sessions] };
}

function rateLimiting(selector: string): Section {
  const refused: Panel = {
    title: 'Rate-limited requests by limit',
    description:
      'Requests per second that were refused with status 429. The limits account and network_account count login ' +
      'attempts on one account.',
    unit: 'cps',
    queries: [rateBy(['limit'], `auth_rate_limited_total{${selector}}`)],
    logs: {
      query: 'filter event = "request" and status = 429 | stats count(*) as refused by bin(1m), route',
      unit: 'per minute',
    },
  };
  const lockouts: Panel = {
    title: 'Account lockouts, 15 minutes',
    description: 'Accounts whose attempt budget was used up. The owner can still log in from a known device.',
    unit: 'short',
    queries: [{ legend: 'accounts', expr: `sum(increase(auth_lockouts_total{${selector}}[15m]))` }],
    logs: {
      query: 'filter event = "account_locked" | stats count(*) as accounts by bin(15m)',
      unit: 'accounts',
    },
  };
  return { title: 'Rate limiting and lockout', panels: [refused, lockouts] };
}

function refreshes(selector: string): Panel[] {
  const reuse = `auth_refreshes_total{${selector},cause=~"reuse_.+"}`;
  return [
    {
      title: 'Token refreshes by cause',
      description:
        'Token refreshes per second. The cause repeated means that a client sent the previous refresh token again ' +
        'within ten seconds, which is allowed.',
      unit: 'cps',
      queries: [rateBy(['outcome', 'cause'], `auth_refreshes_total{${selector}}`)],
    },
    {
      title: 'Refresh token reuse, 15 minutes',
      description:
        'Sessions that were ended because a refresh token was reused. Either the token was stolen, or the client ' +
        'loses responses.',
      unit: 'short',
      queries: [{ legend: '{{cause}}', expr: `sum by (cause) (increase(${reuse}[15m]))` }],
      logs: {
        query: 'filter event = "refresh_reuse" | stats count(*) as reuses by bin(15m), cause',
        unit: 'sessions',
      },
    },
  ];
}

function tokens(selector: string): Section {
  const verify = `http_request_duration_seconds_count{${selector},route="/api/v1/auth/verify"}`;
  const checks: Panel = {
    title: 'Token checks',
    description: 'Requests per second to /api/v1/auth/verify and for the JSON Web Key Set (JWKS).',
    unit: 'reqps',
    queries: [
      { legend: 'verify', expr: `sum(${rate(verify)})` },
      { legend: 'JWKS', expr: `sum(${rate(`auth_jwks_requests_total{${selector}}`)})` },
    ],
  };
  const keyAge: Panel = {
    title: 'Signing key age',
    description:
      'Time since a replica first loaded the key, including retired and upcoming keys (accepted). The key that signs ' +
      'should be younger than 100 days.',
    unit: 's',
    queries: [
      {
        legend: '{{use}} {{kid}}',
        expr: `max by (use, kid) (auth_signing_key_age_seconds{${selector}})`,
      },
    ],
  };
  return { title: 'Tokens', panels: [...refreshes(selector), checks, keyAge] };
}

function hashing(selector: string): Section {
  const depth: Panel = {
    title: 'Hash queue depth',
    description: 'Password hashes that wait for a free slot, by pod.',
    unit: 'none',
    queries: [byPod(`auth_hash_queue_depth{${selector}}`, 'sum')],
  };
  const durations: Panel = {
    title: 'Hash queue time and duration, p95',
    description:
      'Seconds. The queue time grows with the load. The duration grows with the argon2 parameters and with CPU ' +
      'throttling.',
    unit: 's',
    queries: [
      { legend: 'queue time', expr: quantile(0.95, 'auth_hash_wait_seconds', selector) },
      { legend: 'argon2', expr: quantile(0.95, 'auth_hash_duration_seconds', selector) },
    ],
  };
  const rates: Panel = {
    title: 'Hash rate',
    description: 'Password hashes per second: computed, and rejected by the queue (status 503).',
    unit: 'cps',
    queries: [
      { legend: 'computed', expr: `sum(${rate(`auth_hash_duration_seconds_count{${selector}}`)})` },
      { legend: 'rejected', expr: `sum(${rate(`auth_hash_rejected_total{${selector}}`)})` },
    ],
  };
  return { title: 'Password hashing', panels: [depth, durations, rates] };
}

/** Who logs in, who fails to, and is there an attack? */
export function authentication(values: Values): DashboardDefinition {
  const selector = serviceSelector(values);
  return {
    title: 'Auth service / Authentication',
    sections: [users(selector), rateLimiting(selector), tokens(selector), hashing(selector)],
  };
}
