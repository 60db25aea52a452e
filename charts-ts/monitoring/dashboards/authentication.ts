import type { Values } from '../../values/schema.ts';
import { hashLimits, limits } from '../limits.ts';
import { recorded } from '../recordings.ts';
import { attacks } from './attacks.ts';
import { type DashboardDefinition, type Panel, panel } from './panel.ts';
import { byPod, everyDuration, quantile, share, sumBy } from './queries.ts';
import { badFrom } from './thresholds.ts';
import { selectedInstallation, selectedPods } from './variables.ts';

function logins(selector: string): Panel[] {
  const attempts = (matchers?: string) => `sum(${recorded('auth:logins:rate10m', selector, matchers)})`;
  const failureRatio = share(attempts('outcome="failure"'), attempts());
  const byOutcome = sumBy(['outcome', 'reason'], recorded('auth:logins:rate5m', selector));
  return [
    panel('Logins by outcome', 'cps', [byOutcome], {
      description:
        'Login attempts per second. A high rate of unknown_email indicates credential stuffing, a high rate of ' +
        'wrong_password indicates password guessing.',
      thresholds: null,
      alerts: ['AuthLoginSuccessCollapsed'],
      logs: {
        condition: 'event = "login"',
        stats: 'stats count(*) / 60 as logins by bin(1m), outcome, reason',
        unit: 'per second',
      },
    }),
    panel('Login failure ratio', 'percentunit', [{ legend: 'failed', expr: failureRatio }], {
      description:
        'Share of the login attempts of ten minutes that fail. Ordinary mistakes cause about 10 %. Above 60 % an alert fires.',
      thresholds: badFrom({ orange: limits.AuthLoginFailureSurge }),
      alerts: ['AuthLoginFailureSurge'],
    }),
  ];
}

/** Successful logins now and at the same time of the days before. */
function usualLogins(installation: string): Panel {
  const successful = `auth:logins_succeeded:rate5m{${installation}}`;
  const queries = [
    { legend: 'now', expr: successful },
    { legend: 'a day ago', expr: `${successful} offset 1d` },
    { legend: 'a week ago', expr: `${successful} offset 1w` },
  ];
  return panel('Successful logins and what is usual', 'cps', queries, {
    description:
      'Logins per second that succeeded, now and at the same time of yesterday and of a week ago. Far less than both means ' +
      'that users cannot log in, even if no request fails.',
    thresholds: null,
    alerts: ['AuthLoginSuccessCollapsed', 'AuthNoTraffic'],
  });
}

function users(values: Values): Panel[] {
  const installation = selectedInstallation(values);
  const sessions = `max(auth_active_sessions{${installation}})`;
  const registrations = sumBy(['outcome'], recorded('auth:registrations:rate5m', installation));
  const breaches = sumBy(['result'], recorded('auth:password_breach_checks:rate5m', installation));
  return [
    ...logins(installation),
    usualLogins(installation),
    panel('Registrations by outcome', 'cps', [registrations], {
      description: 'Registration attempts per second. The outcome is success or the error code.',
      thresholds: null,
    }),
    panel('Active sessions', 'none', [{ legend: 'sessions', expr: sessions }], {
      description:
        'Sessions of all users that have neither ended nor expired. One pod counts them each minute.',
      thresholds: null,
    }),
    panel('Checks of new passwords for breaches', 'cps', [breaches], {
      description:
        'New passwords per second by the result of the check. failed and skipped mean that passwords are accepted unchecked, ' +
        'because PASSWORD_BREACH_URL does not answer.',
      thresholds: null,
    }),
  ];
}

function tokens(values: Values): Panel[] {
  const installation = selectedInstallation(values);
  const verify = recorded('auth:http_requests:rate5m', installation, 'route="/api/v1/auth/verify"');
  const checks = [
    { legend: 'verify', expr: `sum(${verify})` },
    { legend: 'JWKS', expr: `sum(${recorded('auth:jwks_requests:rate5m', installation)})` },
  ];
  const refreshes = sumBy(['outcome', 'cause'], recorded('auth:refreshes:rate5m', installation));
  const keyAge = (use: string): string =>
    `max by (use, kid) (auth_signing_key_age_seconds{${installation},${use}})`;
  return [
    panel('Token refreshes by cause', 'cps', [refreshes], {
      description:
        'Token refreshes per second. The cause repeated means that a client sent the previous refresh token again ' +
        'within REFRESH_GRACE, which is allowed.',
      thresholds: null,
      alerts: ['AuthRefreshTokenReuse'],
    }),
    panel('Token checks', 'reqps', checks, {
      description: 'Requests per second to /api/v1/auth/verify and for the JSON Web Key Set (JWKS).',
      thresholds: null,
      noValue: 'No token checks',
    }),
    panel('Signing key age', 's', [{ legend: '{{kid}}', expr: keyAge('use="signing"') }], {
      description:
        'Time since a replica first loaded the key that signs. It should be younger than 100 days.',
      thresholds: badFrom({ orange: limits.AuthSigningKeyTooOld }),
      alerts: ['AuthSigningKeyTooOld'],
    }),
    panel('Age of accepted keys', 's', [{ legend: '{{kid}}', expr: keyAge('use="accepted"') }], {
      description:
        'Retired and upcoming keys, which only verify. Remove a retired one when its last token has expired.',
      thresholds: null,
      noValue: 'No further keys',
    }),
  ];
}

function hashing(values: Values): Panel[] {
  const installation = selectedInstallation(values);
  const pods = selectedPods(values);
  const durations = [
    { legend: 'queue time', expr: quantile(0.95, recorded('auth:hash_wait_bucket:rate5m', installation)) },
    { legend: 'argon2', expr: quantile(0.95, recorded('auth:hash_duration_bucket:rate5m', installation)) },
  ];
  const computed = recorded('auth:hash_duration_bucket:rate5m', installation, everyDuration);
  const rejected = sumBy(['priority'], recorded('auth:hash_rejected:rate5m', installation));
  return [
    panel('Hash queue depth', 'none', [byPod(`auth_hash_queue_depth{${pods}}`, 'sum')], {
      description: 'Password hashes that wait for a free slot, by pod.',
      thresholds: null,
      alerts: ['AuthHashQueueSaturated'],
    }),
    panel('Hash queue time and duration, p95', 's', durations, {
      description:
        'Seconds. The queue time grows with the load. The duration grows with the argon2 parameters and with CPU ' +
        'throttling.',
      thresholds: badFrom({ orange: hashLimits.queueTime }),
      alerts: ['AuthHashQueueSaturated'],
    }),
    panel('Hash rate', 'cps', [{ legend: 'computed', expr: `sum(${computed})` }], {
      description: 'Password hashes per second.',
      thresholds: null,
    }),
    panel('Rejected password hashes', 'cps', [rejected], {
      description:
        'Requests per second that were refused with status 503 because the hash queue was full or the queue time was too ' +
        'long, by the priority of the client. Suspect clients are refused first, which protects the others.',
      thresholds: badFrom({ orange: hashLimits.rejected }),
      alerts: ['AuthHashQueueSaturated'],
    }),
  ];
}

/** Who logs in, who fails to, and is there an attack? */
export function authentication(values: Values): DashboardDefinition {
  return {
    title: 'Auth service / Authentication',
    description:
      'Who logs in, who fails to, whether somebody attacks, and how busy the hashing of passwords is.',
    sections: [
      { title: 'Users', panels: users(values) },
      { title: 'Rate limiting and lockout', panels: attacks(values) },
      { title: 'Tokens', panels: tokens(values) },
      { title: 'Password hashing', panels: hashing(values) },
    ],
  };
}
