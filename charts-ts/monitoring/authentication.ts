import type { Values } from '../values/schema.ts';
import { type DashboardDefinition, type Panel, quantile, rate, type Section } from './panel.ts';
import { ownSeries } from './rule.ts';

function people(own: string): Section {
  const logins: Panel = {
    title: 'Logins by outcome',
    description:
      'Attempts a second. unknown_email on top means a stolen list; wrong_password means guessing.',
    unit: 'cps',
    queries: [
      {
        expr: `sum by (outcome, reason) (${rate(`auth_logins_total{${own}}`)})`,
        legend: '{{outcome}} {{reason}}',
      },
    ],
    logs: {
      query: 'filter event = "login" | stats count(*) / 60 as logins by bin(1m), outcome, reason',
      unit: 'a second',
    },
  };
  const failures: Panel = {
    title: 'Share of logins that fail',
    description: 'Everyday mistakes make a tenth or so; above 0.6 an alert fires.',
    unit: 'percentunit',
    queries: [
      {
        expr: `sum(${rate(`auth_logins_total{${own},outcome="failure"}`)}) / sum(${rate(`auth_logins_total{${own}}`)})`,
        legend: 'failed',
      },
    ],
  };
  const registrations: Panel = {
    title: 'Registrations',
    description: 'A second: success, or the code of the error.',
    unit: 'cps',
    queries: [
      { expr: `sum by (outcome) (${rate(`auth_registrations_total{${own}}`)})`, legend: '{{outcome}}' },
    ],
  };
  const sessions: Panel = {
    title: 'Living sessions',
    description: 'Of all users, counted once a minute by one pod.',
    unit: 'none',
    queries: [{ expr: `max(auth_active_sessions{${own}})`, legend: 'sessions' }],
  };
  return { title: 'People', panels: [logins, failures, registrations, sessions] };
}

function tokens(own: string): Section {
  return {
    title: 'Tokens',
    panels: [
      {
        title: 'Refreshes by cause',
        description: 'A second. repeated: a client asked twice within ten seconds, which is allowed.',
        unit: 'cps',
        queries: [
          {
            expr: `sum by (outcome, cause) (${rate(`auth_refreshes_total{${own}}`)})`,
            legend: '{{outcome}} {{cause}}',
          },
        ],
      },
      {
        title: 'Refresh-token reuse, 15 minutes',
        description: 'Sessions ended because a token came twice: theft, or a client that loses answers.',
        unit: 'short',
        queries: [
          {
            expr: `sum by (cause) (increase(auth_refreshes_total{${own},cause=~"reuse_.+"}[15m]))`,
            legend: '{{cause}}',
          },
        ],
        logs: {
          query: 'filter event = "refresh_reuse" | stats count(*) as reuses by bin(15m), cause',
          unit: 'sessions',
        },
      },
      {
        title: 'Token checks',
        description: 'Requests a second of /auth/verify and for the public keys.',
        unit: 'reqps',
        queries: [
          {
            expr: `sum(${rate(`http_request_duration_seconds_count{${own},route="/api/v1/auth/verify"}`)})`,
            legend: 'verify',
          },
          { expr: `sum(${rate(`auth_jwks_requests_total{${own}}`)})`, legend: 'public keys' },
        ],
      },
      {
        title: 'Age of the signing keys',
        description:
          'By key, since a replica first saw it; retired and upcoming ones are listed too. The one that signs ' +
          'should be below 100 days.',
        unit: 's',
        queries: [
          {
            expr: `max by (use, kid) (auth_signing_key_age_seconds{${own}})`,
            legend: '{{use}} {{kid}}',
          },
        ],
      },
    ],
  };
}

function defence(own: string): Section {
  return {
    title: 'Defence',
    panels: [
      {
        title: 'Refused by limits',
        description: 'Requests a second, by limit. account and network_account: attempts on one account.',
        unit: 'cps',
        queries: [
          { expr: `sum by (limit) (${rate(`auth_rate_limited_total{${own}}`)})`, legend: '{{limit}}' },
        ],
        logs: {
          query: 'filter event = "request" and status = 429 | stats count(*) as refused by bin(1m), route',
          unit: 'a minute',
        },
      },
      {
        title: 'Accounts locked, 15 minutes',
        description: 'Accounts whose free attempts were used up; known devices of their owners still get in.',
        unit: 'short',
        queries: [{ expr: `sum(increase(auth_lockouts_total{${own}}[15m]))`, legend: 'accounts' }],
        logs: {
          query: 'filter event = "account_locked" | stats count(*) as accounts by bin(15m)',
          unit: 'accounts',
        },
      },
    ],
  };
}

function hashing(own: string): Section {
  return {
    title: 'Password hashing',
    panels: [
      {
        title: 'Hash queue',
        description: 'Hashes that wait for a slot, by pod.',
        unit: 'none',
        queries: [{ expr: `sum by (pod) (auth_hash_queue_depth{${own}})`, legend: '{{pod}}' }],
      },
      {
        title: 'Wait and work, p95',
        description: 'Seconds. Waiting grows with load; working with argon2 parameters and throttled CPU.',
        unit: 's',
        queries: [
          { expr: quantile(0.95, 'auth_hash_wait_seconds', own), legend: 'wait' },
          { expr: quantile(0.95, 'auth_hash_duration_seconds', own), legend: 'argon2' },
        ],
      },
      {
        title: 'Hashes',
        description: 'A second: done, and refused for a full queue (503).',
        unit: 'cps',
        queries: [
          { expr: `sum(${rate(`auth_hash_duration_seconds_count{${own}}`)})`, legend: 'done' },
          { expr: `sum(${rate(`auth_hash_rejected_total{${own}}`)})`, legend: 'refused' },
        ],
      },
    ],
  };
}

/** Who gets in, who does not, and is somebody trying? */
export function authentication(values: Values): DashboardDefinition {
  const own = ownSeries(values);
  return {
    title: 'Auth service: authentication',
    sections: [people(own), defence(own), tokens(own), hashing(own)],
  };
}
