import type { inhibitRules } from '../../../../charts-ts/monitoring/alerts/inhibitions.ts';

type InhibitRules = ReturnType<typeof inhibitRules>;

/** PromQL of the alerts of a severity that Alertmanager notifies somebody of: they fire, and no rule inhibits them. */
function notified(severity: string, rules: InhibitRules, offset: string): string {
  const firing = (...matchers: string[]): string =>
    `ALERTS{${['alertstate="firing"', ...matchers].join(',')}}${offset}`;
  const ofSeverity = `severity="${severity}"`;
  const inhibited = rules.map(
    ({ equal, source_matchers, target_matchers }) =>
      `(${firing(ofSeverity, ...target_matchers)} and on (${equal.join(',')}) ${firing(...source_matchers)})`,
  );
  const all = [firing(ofSeverity), ...(inhibited.length > 0 ? [`(${inhibited.join(' or ')})`] : [])];
  return `group by (alertname) (${all.join(' unless ')})`;
}

/**
 * PromQL of the number of notifications of each alert during `window`: how often the alert began to notify somebody. That is also
 * when an inhibition ends while the alert still fires. The rules are those that the charts deliver to Alertmanager, whose
 * matchers PromQL understands.
 */
export function notifications(severity: string, window: string, step: string, rules: InhibitRules): string {
  const began = `${notified(severity, rules, '')} unless ${notified(severity, rules, ` offset ${step}`)}`;
  return `sum by (alertname) (sum_over_time((${began})[${window}:${step}]))`;
}
