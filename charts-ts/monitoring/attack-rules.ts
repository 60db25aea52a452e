import type { Values } from '../values/schema.ts';
import { alert, ownSeries, type RuleGroup } from './rule.ts';

/** Signs of somebody trying passwords, lists of stolen ones, or stolen tokens. */
export function attackRules(values: Values): RuleGroup {
  const own = ownSeries(values);
  const logins = (matchers = ''): string => `sum(rate(auth_logins_total{${own}${matchers}}[10m]))`;
  const failures = logins(',outcome="failure"');
  const strangers = logins(',reason="unknown_email"');
  return {
    name: 'auth-service-attacks',
    rules: [
      alert(values, 'AuthLoginFailureSurge', 'warning', {
        // A share, since failures grow with traffic; and a rate, since at night one of two says nothing.
        expr: `${failures} / ${logins()} > 0.6 and ${failures} > 0.5`,
        lasts: '5m',
        summary: 'Most logins fail',
        description: '{{ $value | humanizePercentage }} of all login attempts of ten minutes failed.',
      }),
      alert(values, 'AuthCredentialStuffing', 'critical', {
        // Lists stolen elsewhere name people who have no account here; users seldom mistype their own address.
        expr: `${strangers} / ${logins()} > 0.4 and ${strangers} > 0.5`,
        lasts: '5m',
        summary: 'Logins for accounts that do not exist: a stolen list is being tried',
        description: '{{ $value | humanizePercentage }} of all login attempts name an unknown account.',
      }),
      alert(values, 'AuthRefreshTokenReuse', 'warning', {
        expr: `sum by (cause) (increase(auth_refreshes_total{${own},cause=~"reuse_.+"}[15m])) > 5`,
        lasts: '1m',
        summary: 'Refresh tokens are used twice: stolen, or a client loses what it gets',
        description:
          '{{ $value | humanize }} sessions ended for {{ $labels.cause }} in a quarter of an hour.',
      }),
    ],
  };
}
