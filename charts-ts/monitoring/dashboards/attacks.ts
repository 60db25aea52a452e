import type { Values } from '../../values/schema.ts';
import { limits } from '../limits.ts';
import { recorded } from '../recordings.ts';
import { type Panel, panel } from './panel.ts';
import { sumBy } from './queries.ts';
import { badFrom } from './thresholds.ts';
import { selectedInstallation } from './variables.ts';

/** Failed logins by mistake for each login that succeeds, as the alert on password guessing counts them. */
const mistakes = 0.2;

/** Every replica counts the accounts of all of them, so the largest value is the number. */
function accounts(selector: string): Panel[] {
  const named = (outcome: string): string => `max(auth_login_accounts{${selector},outcome="${outcome}"})`;
  const beyondMistakes = `clamp_min(${named('failure')} - ${mistakes} * ${named('success')}, 0)`;
  const expr = `max by (outcome) (auth_login_accounts{${selector}})`;
  const attacked = panel('Attacked accounts', 'short', [{ legend: 'accounts', expr: beyondMistakes }], {
    description:
      'Different accounts whose logins failed or were throttled in the last ten minutes, without as many as ordinary mistakes ' +
      'explain (a fifth of the accounts that logged in). One script against one account counts as one.',
    thresholds: badFrom({ red: limits.AuthPasswordGuessing }),
    alerts: ['AuthPasswordGuessing'],
  });
  return [
    attacked,
    panel('Accounts in login attempts, 10 minutes', 'short', [{ legend: '{{outcome}}', expr }], {
      description:
        'Different accounts that login attempts of the last ten minutes named, whether they exist or not: with a login that ' +
        'succeeded, and with one that failed or was throttled. Many failures on one account are a script. Failures on many ' +
        'accounts are an attack on all users.',
      thresholds: null,
      alerts: ['AuthPasswordGuessing'],
      logs: {
        condition: 'event = "login" and outcome = "failure"',
        stats: 'stats count(*) as failures by bin(1m), reason',
        unit: 'per minute',
      },
    }),
  ];
}

function unknownAccounts(selector: string): Panel {
  const logins = (matchers?: string): string => `sum(${recorded('auth:logins:rate10m', selector, matchers)})`;
  const expr = `${logins('reason="unknown_email"')} / clamp_min(${logins()}, 1e-9)`;
  return panel('Logins to unknown accounts', 'percentunit', [{ legend: 'unknown account', expr }], {
    description:
      'Share of the login attempts of ten minutes that named an account that does not exist. A list stolen from another ' +
      'service names many. Users rarely mistype their own address.',
    thresholds: badFrom({ orange: limits.AuthCredentialStuffing }),
    alerts: ['AuthCredentialStuffing'],
  });
}

function rateLimiting(selector: string): Panel[] {
  const refused = sumBy(['limit'], recorded('auth:rate_limited:rate5m', selector));
  const lockouts = `sum(${recorded('auth:lockouts:increase15m', selector)})`;
  return [
    panel('Rate-limited requests by limit', 'cps', [refused], {
      description:
        'Requests per second that were refused with status 429. The limits account and network_account count login ' +
        'attempts on one account.',
      thresholds: null,
      alerts: ['AuthPasswordGuessing'],
      logs: {
        condition: 'event = "request" and status = 429',
        stats: 'stats count(*) as refused by bin(1m), route',
        unit: 'per minute',
      },
    }),
    panel('Account lockouts, 15 minutes', 'short', [{ legend: 'accounts', expr: lockouts }], {
      description:
        'Accounts whose login attempts for everybody were used up. The owner can still log in from a known device, and ' +
        'from a new one in an attempt slot.',
      thresholds: null,
      alerts: ['AuthPasswordGuessing'],
      logs: {
        condition: 'event = "account_locked"',
        stats: 'stats count(*) as accounts by bin(15m)',
        unit: 'accounts',
      },
    }),
  ];
}

/** Sessions whose refresh token two parties have, and state copies that the service did not write. */
function stolenState(selector: string): Panel[] {
  const reuses = sumBy(['cause'], recorded('auth:refresh_reuses:increase15m', selector));
  const anomalies = sumBy(['action'], recorded('auth:session_anomalies:increase15m', selector));
  const forged = sumBy(['reason'], recorded('auth:state_copies_forged:increase1h', selector));
  return [
    panel('Refresh token reuse, 15 minutes', 'short', [reuses], {
      description:
        'Sessions that were ended because a refresh token was reused. Either the token was stolen, or the client ' +
        'loses responses.',
      thresholds: badFrom({ orange: limits.AuthRefreshTokenReuse }),
      alerts: ['AuthRefreshTokenReuse'],
      logs: {
        condition: 'event = "refresh_reuse"',
        stats: 'stats count(*) as reuses by bin(15m), cause',
        unit: 'sessions',
      },
    }),
    panel('Session anomalies, 15 minutes', 'short', [anomalies], {
      description:
        'Refresh tokens that two networks or user agents used within REFRESH_GRACE. The session was ended, or only ' +
        'reported (REFRESH_ANOMALY).',
      thresholds: badFrom({ orange: limits.AuthSessionAnomalies }),
      alerts: ['AuthSessionAnomalies'],
      logs: {
        condition: 'event = "session_anomaly"',
        stats: 'stats count(*) as anomalies by bin(15m), action',
        unit: 'sessions',
      },
    }),
    panel('Forged state copies, 1 hour', 'short', [forged], {
      description:
        'Session states in Redis that a token check refused because this service did not write them for this session. Somebody ' +
        'else writes to Redis.',
      thresholds: badFrom({ red: 1 }),
      alerts: ['AuthStateCopiesForged'],
      logs: {
        condition: 'event = "state_copy_refused"',
        stats: 'stats count(*) as copies by bin(1m), reason',
        unit: 'per minute',
      },
    }),
  ];
}

/** Signs of password guessing, credential stuffing, stolen refresh tokens and a Redis that others write to. */
export function attacks(values: Values): Panel[] {
  const installation = selectedInstallation(values);
  return [
    ...accounts(installation),
    unknownAccounts(installation),
    ...rateLimiting(installation),
    ...stolenState(installation),
  ];
}
