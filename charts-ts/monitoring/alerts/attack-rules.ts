import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { type Alert, alertingRule } from './rule.ts';

/** Attacks that the limits do not stop: passwords of many accounts are guessed, or somebody else writes to Redis. */
export function attackPages(values: Values): Alert[] {
  const selector = serviceSelector(values);
  // Every replica reports the same number, so the largest is the newest.
  const accounts = (outcome: string): string => `max(auth_login_accounts{${selector},outcome="${outcome}"})`;
  return [
    alertingRule(values, 'AuthPasswordGuessing', 'critical', {
      // The number of accounts counts and not that of attempts: one script with a list of passwords endangers one account, and
      // the limits stop it. On a Monday morning thousands log in and one in ten mistypes the password, so the failures must
      // also be many in comparison with the successes.
      expr: `${accounts('failure')} > 50 + 0.2 * ${accounts('success')}`,
      for: '3m',
      // An attack that pauses, or changes its speed, is one attack.
      keepFiringFor: '1h',
      summary: 'Somebody guesses passwords of many accounts',
      description:
        'Logins to {{ $value | humanize }} different accounts failed in ten minutes, many more than the successful ones explain.',
    }),
    alertingRule(values, 'AuthStateCopiesForged', 'critical', {
      // bad_time is left out: clocks that differ cause it as well. An hour, so that an attacker who writes now and then is one
      // page.
      expr: `sum(increase(auth_state_copies_refused_total{${selector},reason=~"bad_mac|other_session"}[1h])) > 0`,
      for: '0m',
      summary: 'Somebody else writes session states to Redis',
      description:
        '{{ $value | humanize }} token checks in the last hour found a session state in Redis that the service did ' +
        'not write, and refused it.',
    }),
  ];
}

/** Tickets: logins that fail in bulk, credential stuffing and refresh tokens that may be stolen. */
export function attackAlerts(values: Values): Alert[] {
  const selector = serviceSelector(values);
  const logins = (matchers = ''): string => `sum(rate(auth_logins_total{${selector}${matchers}}[10m]))`;
  const failures = logins(',outcome="failure"');
  const unknownAccounts = logins(',reason="unknown_email"');
  return [
    alertingRule(values, 'AuthLoginFailureSurge', 'warning', {
      // The ratio is needed because failures grow with traffic. The rate is needed because one failure of two logins
      // at night means nothing.
      expr: `${failures} / ${logins()} > 0.6 and ${failures} > 0.5`,
      for: '5m',
      summary: 'Most login attempts fail',
      description: '{{ $value | humanizePercentage }} of the login attempts of the last ten minutes failed.',
    }),
    alertingRule(values, 'AuthCredentialStuffing', 'warning', {
      // A list stolen from another service names many people who have no account here. Users rarely mistype their own
      // address.
      expr: `${unknownAccounts} / ${logins()} > 0.4 and ${unknownAccounts} > 0.5`,
      for: '5m',
      // Longer than the window of AuthLoginFailureSurge, which is no ticket of its own while this one fires.
      keepFiringFor: '11m',
      summary: 'Credential stuffing: many login attempts name accounts that do not exist',
      description:
        '{{ $value | humanizePercentage }} of the login attempts of the last ten minutes name an unknown account.',
    }),
    alertingRule(values, 'AuthRefreshTokenReuse', 'warning', {
      expr: `sum by (cause) (increase(auth_refreshes_total{${selector},cause=~"reuse_.+"}[15m])) > 5`,
      for: '1m',
      summary: 'Refresh tokens are reused: they were stolen, or a client loses responses',
      description:
        '{{ $value | humanize }} sessions were ended in the last 15 minutes because of {{ $labels.cause }}.',
    }),
    alertingRule(values, 'AuthSessionAnomalies', 'warning', {
      // A phone that changes its network while it repeats a refresh does the same, now and then.
      expr: `sum by (action) (increase(auth_session_anomalies_total{${selector}}[15m])) > 5`,
      for: '1m',
      summary: 'Refresh tokens are used from two networks or user agents at once: they may have been stolen',
      description:
        '{{ $value | humanize }} sessions with such a token were {{ $labels.action }} in the last 15 minutes.',
    }),
  ];
}
