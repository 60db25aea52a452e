import { type PanelCases, when } from './case.ts';
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

const attacks: PanelCases = {
  'Attacked accounts': {
    green: when('logins fail on 220 accounts and succeed on 1,000', accounts(1_000, 220)),
    red: when('logins fail on 280 accounts and succeed on 1,000', accounts(1_000, 280)),
  },
  'Logins to unknown accounts': {
    green: when('a third of the logins names an unknown account', unknownAccounts(0.33)),
    orange: when('half of the logins names an unknown account', unknownAccounts(0.5)),
  },
  'Refresh token reuse, 15 minutes': {
    green: when('four sessions ended because of it', reuses(4)),
    orange: when('eight sessions ended because of it', reuses(8)),
  },
  'Session anomalies, 15 minutes': {
    green: when('four sessions ended because of one', anomalies(4)),
    orange: when('eight sessions ended because of one', anomalies(8)),
  },
  'Forged state copies, 1 hour': {
    green: when('a clock differs', [forgeries(0, 'bad_mac'), forgeries(5, 'bad_time')]),
    red: when('two copies have a wrong tag', forgeries(2, 'bad_mac')),
  },
};

const hashing: PanelCases = {
  'Hash queue time and duration, p95': {
    green: when(
      'hashes wait for 0.4 s',
      histogram('auth_hash_wait_seconds', 2, 0.4, { pod, priority: 'clean' }),
    ),
    orange: when(
      'hashes wait for 1.5 s',
      histogram('auth_hash_wait_seconds', 2, 1.5, { pod, priority: 'clean' }),
    ),
  },
  'Rejected password hashes': {
    green: when(
      'one hash in 20 s is rejected',
      counter('auth_hash_rejected_total', 0.05, { pod, priority: 'clean' }),
    ),
    orange: when(
      'one hash in 5 s is rejected',
      counter('auth_hash_rejected_total', 0.2, { pod, priority: 'clean' }),
    ),
  },
};

export const authenticationCases: PanelCases = {
  ...attacks,
  ...hashing,
  'Login failure ratio': {
    green: when('half of the logins fail', loginSuccess(0.5)),
    orange: when('seven of ten logins fail', loginSuccess(0.3)),
  },
  'Signing key age': {
    green: when('the key is 99 days old', signingKey(99)),
    orange: when('the key is 101 days old', signingKey(101)),
  },
};
