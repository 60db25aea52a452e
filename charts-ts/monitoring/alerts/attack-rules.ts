import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { type Alert, alertingRule } from './rule.ts';

/** Signs of password guessing, credential stuffing, stolen refresh tokens and a Redis that others write to. */
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
    alertingRule(values, 'AuthCredentialStuffing', 'critical', {
      // A list stolen from another service names many people who have no account here. Users rarely mistype their own
      // address.
      expr: `${unknownAccounts} / ${logins()} > 0.4 and ${unknownAccounts} > 0.5`,
      for: '5m',
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
    alertingRule(values, 'AuthStateCopiesForged', 'critical', {
      // bad_time is left out: clocks that differ cause it as well.
      expr: `sum(increase(auth_state_copies_refused_total{${selector},reason=~"bad_mac|other_session"}[15m])) > 0`,
      for: '0m',
      summary: 'Somebody else writes session states to Redis',
      description:
        '{{ $value | humanize }} token checks in the last 15 minutes found a session state in Redis that the service did ' +
        'not write, and refused it.',
    }),
  ];
}
