import type { Values } from '../../values/schema.ts';
import { type Alert, alert, ownSeries, type Recording, type RuleGroup } from './rule.ts';

/** What the service promises: the share of good requests over 30 days. */
export interface Objective {
  /** The series with the share of bad requests is `auth:<bad>:rate<window>`. */
  readonly bad: string;
  readonly budget: number;
  readonly alertPrefix: string;
  readonly what: string;
  ratio(own: string, window: string): string;
}

const requests = 'http_request_duration_seconds';
/** The kubelet's probes are no customers, and a draining pod answers them with 503. */
const customers = 'route!~"/api/v1/health.*"';
/** Errors count against availability; a fast one must not pay for slow successes. */
const authentication = 'route=~"/api/v1/auth/.*",status!~"5.."';

export const objectives: readonly Objective[] = [
  {
    bad: 'request_error_ratio',
    budget: 0.001,
    alertPrefix: 'AuthAvailability',
    what: 'requests fail with 5xx (objective: 0.1 %)',
    ratio: (own, window) =>
      `(sum(rate(${requests}_count{${own},${customers},status=~"5.."}[${window}])) or vector(0))` +
      ` / sum(rate(${requests}_count{${own},${customers}}[${window}]))`,
  },
  {
    bad: 'authentication_slow_ratio',
    budget: 0.05,
    alertPrefix: 'AuthLatency',
    what: 'authentication requests take more than 250 ms (objective: 5 %)',
    ratio: (own, window) =>
      `1 - sum(rate(${requests}_bucket{${own},${authentication},le="0.25"}[${window}]))` +
      ` / sum(rate(${requests}_count{${own},${authentication}}[${window}]))`,
  },
];

export const badRatio = (objective: Objective, window: string): string =>
  `auth:${objective.bad}:rate${window}`;

const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'];

/**
 * Google's SRE workbook, chapter 5: a long window for significance, a short one so that the alert ends with its cause.
 * A burn rate of 1 uses the budget up in exactly 30 days.
 */
const burns = {
  Fast: [
    { rate: 14.4, long: '1h', short: '5m' },
    { rate: 6, long: '6h', short: '30m' },
  ],
  Slow: [
    { rate: 3, long: '1d', short: '2h' },
    { rate: 1, long: '3d', short: '6h' },
  ],
} as const;

function burnAlert(values: Values, objective: Objective, speed: keyof typeof burns): Alert {
  const limit = (rate: number): string => `> ${Number((rate * objective.budget).toFixed(6))}`;
  const expr = burns[speed]
    .map(({ rate, long, short }) => {
      const over = [long, short].map((window) => `${badRatio(objective, window)} ${limit(rate)}`);
      return `(${over.join(' and ')})`;
    })
    .join(' or ');
  const fast = speed === 'Fast';
  return alert(values, `${objective.alertPrefix}BudgetBurn${speed}`, fast ? 'critical' : 'warning', {
    expr,
    lasts: fast ? '2m' : '1h',
    summary: `The ${objective.alertPrefix.replace('Auth', '').toLowerCase()} budget of a month is burning ${fast ? 'within days' : 'too early'}`,
    description: `{{ $value | humanizePercentage }} of ${objective.what}.`,
  });
}

export function objectiveRules(values: Values): RuleGroup[] {
  const own = ownSeries(values);
  const recordings: Recording[] = objectives.flatMap((objective) =>
    windows.map((window) => ({ record: badRatio(objective, window), expr: objective.ratio(own, window) })),
  );
  const alerts = objectives.flatMap((objective) => [
    burnAlert(values, objective, 'Fast'),
    burnAlert(values, objective, 'Slow'),
  ]);
  return [
    { name: 'auth-service-objectives', rules: recordings },
    { name: 'auth-service-budgets', rules: alerts },
  ];
}
