import type { Values } from '../../values/schema.ts';
import { latencyLimit, limits } from '../limits.ts';
import { recorded } from '../recordings.ts';
import { burnRates } from '../slo/burn-rate-rules.ts';
import { availability, objectives, recordedRatio } from '../slo/objectives.ts';
import { type Panel, panel } from './panel.ts';
import { quantile } from './queries.ts';
import { remainingBudget } from './service-level-objectives.ts';
import { badBelow, badFrom } from './thresholds.ts';
import { selectedInstallation } from './variables.ts';

/** The share of good requests below which the error budget burns as fast as the alert allows. */
const fastBurn = Number((1 - burnRates.Fast[0].rate * availability.budget).toFixed(6));

function availabilityNow(selector: string): Panel {
  // While no pod answers, nothing counts requests, and the last ratio would stay for five minutes.
  const nothingAnswers = `(absent(up{${selector}} == 1) - 1)`;
  // The comparison drops the classes without requests, whose ratio is not a number.
  const worst = `min(1 - (${recordedRatio(availability, '5m')}{${selector}} >= 0))`;
  return panel('Availability', 'percentunit', [{ legend: '', expr: `${nothingAnswers} or ${worst}` }], {
    description:
      'Share of the requests of the last five minutes that did not fail, of the class with the most failures. Orange: ' +
      'below the objective. Red: the error budget of 30 days would be used up within two days, or no pod answers.',
    thresholds: badBelow({ red: fastBurn, orange: 1 - availability.budget }),
    alerts: [
      'AuthAvailabilityBudgetBurnFast',
      'AuthServiceDown',
      'AuthNoPodReady',
      'AuthPostgresUnavailable',
    ],
    isStat: true,
    noValue: 'No requests',
  });
}

function latencyNow(selector: string): Panel {
  const buckets = recorded('auth:authentication_duration_bucket:rate5m', selector);
  return panel('Latency, p95', 's', [{ legend: '', expr: `${quantile(0.95, buckets)} >= 0` }], {
    description:
      'Within this time 95 % of the logins, registrations, token refreshes and password resets of the last five minutes ' +
      'were answered. Orange: slower than the objective. Red: the alert on slow logins pages.',
    thresholds: badFrom({ orange: latencyLimit, red: limits.AuthLoginsSlow }),
    alerts: ['AuthLoginsSlow', 'AuthLatencyBudgetBurnFast'],
    isStat: true,
    noValue: 'No requests',
  });
}

function loginSuccess(selector: string): Panel {
  const logins = (matchers = ''): string => `sum(increase(auth_logins_total{${selector}${matchers}}[10m]))`;
  const expr = `${logins(',outcome="success"')} / (${logins()} > 0)`;
  return panel('Login success', 'percentunit', [{ legend: '', expr }], {
    description:
      'Share of the login attempts of the last ten minutes that succeeded. Ordinary mistakes cause about 10 % of failures. ' +
      'Orange: most attempts fail, which is an attack, or a client that sends something wrong.',
    thresholds: { base: 'orange', steps: [{ from: 1 - limits.AuthLoginFailureSurge, color: 'green' }] },
    alerts: ['AuthLoginSuccessCollapsed', 'AuthLoginFailureSurge'],
    isStat: true,
    noValue: 'No logins',
  });
}

function firing(selector: string): Panel {
  const alerts = (severity: string): string => `ALERTS{${selector},alertstate="firing",${severity}}`;
  // 0 only while the rules are evaluated. Without them nothing could fire.
  const isEvaluated = `0 * max(auth:installation:info{${selector}})`;
  return panel(
    'Firing pages',
    'none',
    [{ legend: '', expr: `count(${alerts('severity="critical"')}) or ${isEvaluated}` }],
    {
      description:
        'Alerts that page now. The marks in the graphs show which, and since when. Without a number, Prometheus does not ' +
        'evaluate the rules of this installation.',
      thresholds: badFrom({ red: 1 }),
      isStat: true,
      noValue: 'No rules',
    },
  );
}

/** Are users affected? Six numbers that are green, or not. */
export function serviceStatus(values: Values): Panel[] {
  const selector = selectedInstallation(values);
  return [
    availabilityNow(selector),
    latencyNow(selector),
    loginSuccess(selector),
    firing(selector),
    ...objectives.map((objective) => remainingBudget(objective, selector)),
  ];
}
