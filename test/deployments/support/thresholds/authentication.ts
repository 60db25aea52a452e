import { type PanelCases, percent, when, whenEach } from './case.ts';
import { type CaseSeries, counter, gauge, histogram, step } from './series.ts';
import { loginSuccess, pod } from './situations.ts';

const day = 86_400;

const signingKey = (days: number): CaseSeries =>
  gauge('auth_signing_key_age_seconds', days * day, { pod, use: 'signing', kid: 'current' });

/** Different accounts of the logins of ten minutes. */
const accounts = (succeeded: number, failed: number): CaseSeries[] => [
  gauge('auth_login_accounts', succeeded, { pod, outcome: 'success' }),
  gauge('auth_login_accounts', failed, { pod, outcome: 'failure' }),
];

/** One login attempt per second, of which a share names an account that does not exist. */
const unknownAccounts = (share: number): CaseSeries[] => [
  counter('auth_logins_total', 1 - share, { pod, outcome: 'success', reason: 'none' }),
  counter('auth_logins_total', share, { pod, outcome: 'failure', reason: 'unknown_email' }),
];

const reuses = (count: number): CaseSeries =>
  step('auth_refreshes_total', count, { pod, outcome: 'failure', cause: 'reuse_old' });
const anomalies = (count: number): CaseSeries =>
  step('auth_session_anomalies_total', count, { pod, action: 'ended' });
const forgeries = (count: number, reason: string): CaseSeries =>
  step('auth_state_copies_refused_total', count, { pod, reason });

const endedSessions = (series: (count: number) => CaseSeries) =>
  whenEach({ green: 4, orange: 8 }, (count) => `${count} sessions have ended`, series);

const attacks: PanelCases = {
  'Attacked accounts': {
    green: when('logins fail on 220 accounts and succeed on 1,000', accounts(1_000, 220)),
    red: when('logins fail on 280 accounts and succeed on 1,000', accounts(1_000, 280)),
  },
  'Logins to unknown accounts': whenEach(
    { green: 0.33, orange: 0.5 },
    (share) => `${percent(share)} of the logins name an unknown account`,
    unknownAccounts,
  ),
  'Refresh token reuse, 15 minutes': endedSessions(reuses),
  'Session anomalies, 15 minutes': endedSessions(anomalies),
  'Forged state copies, 1 hour': {
    green: when('a clock differs', [forgeries(0, 'bad_mac'), forgeries(5, 'bad_time')]),
    red: when('two copies have a wrong tag', forgeries(2, 'bad_mac')),
  },
};

const hashing: PanelCases = {
  'Hash queue time and duration, p95': whenEach(
    { green: 0.4, orange: 1.5 },
    (seconds) => `hashes wait for ${seconds} s`,
    (seconds) => histogram('auth_hash_wait_seconds', 2, seconds, { pod, priority: 'clean' }),
  ),
  'Rejected password hashes': whenEach(
    { green: 0.05, orange: 0.2 },
    (perSecond) => `${perSecond} hashes per second are rejected`,
    (perSecond) => counter('auth_hash_rejected_total', perSecond, { pod, priority: 'clean' }),
  ),
};

export const authenticationCases: PanelCases = {
  ...attacks,
  ...hashing,
  'Login failure ratio': whenEach(
    { green: 0.5, orange: 0.7 },
    (share) => `${percent(share)} of the logins fail`,
    (share) => loginSuccess(1 - share),
  ),
  'Signing key age': whenEach(
    { green: 99, orange: 101 },
    (days) => `the key is ${days} days old`,
    signingKey,
  ),
};
