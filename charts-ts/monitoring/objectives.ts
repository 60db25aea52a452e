import type { Values } from '../values/schema.ts';
import {
  type Alert,
  alert,
  ownNamespace,
  ownSeries,
  type Recording,
  type RuleGroup,
  recording,
} from './rule.ts';

/** What the service promises: the share of good requests over 30 days. */
export interface Objective {
  /** `auth:<bad>_ratio:rate<window>` is the share of bad requests, `auth:<bad>_count:increase<window>` their number. */
  readonly bad: string;
  readonly budget: number;
  readonly alertPrefix: string;
  readonly what: string;
  /** What each series is of, for legends; empty where there is one series. */
  readonly legend: string;
  /** Both as PromQL; `over` gives a series its window. */
  badRequests(own: string, over: Over): string;
  allRequests(own: string, over: Over): string;
}

type Over = (series: string) => string;
const rateOver =
  (window: string): Over =>
  (series) =>
    `rate(${series}[${window}])`;

const requests = 'http_request_duration_seconds';
/** Where people wait. Gateways ask /auth/verify all day, and its quick answers would hide slow logins. */
export const awaitedRoutes = '/api/v1/auth/(register|login|refresh|password/reset)';
/** Errors count against availability; a fast one, or a fast refusal by a limit, must not pay for slow successes. */
export const awaited = `route=~"${awaitedRoutes}",status!~"429|5.."`;

export const objectives: readonly Objective[] = [
  {
    bad: 'request_error',
    budget: 0.001,
    alertPrefix: 'AuthAvailability',
    what: '{{ $labels.class }} requests fail with 5xx or are cut (objective: 0.1 %)',
    legend: '{{class}}',
    badRequests: (own, over) => `sum by (class) (${over(`http_requests_total{${own},result="error"}`)})`,
    allRequests: (own, over) => `sum by (class) (${over(`http_requests_total{${own}}`)})`,
  },
  {
    bad: 'authentication_slow',
    budget: 0.05,
    alertPrefix: 'AuthLatency',
    what: 'authentication requests take more than 250 ms (objective: 5 %)',
    legend: '',
    badRequests: (own, over) =>
      `(sum(${over(`${requests}_count{${own},${awaited}}`)})` +
      ` - sum(${over(`${requests}_bucket{${own},${awaited},le="0.25"}`)}))`,
    allRequests: (own, over) => `sum(${over(`${requests}_count{${own},${awaited}}`)})`,
  },
];

/** The share of bad requests, counted from the service's own series. */
export function badShare(objective: Objective, own: string, window: string): string {
  const over = rateOver(window);
  return `${objective.badRequests(own, over)} / ${objective.allRequests(own, over)}`;
}

/** The recorded series of that share. */
export const badRatio = (objective: Objective, window: string): string =>
  `auth:${objective.bad}_ratio:rate${window}`;

const badCount = (objective: Objective, window: string): string =>
  `auth:${objective.bad}_count:increase${window}`;

/** One of one is everything: at night a single bad request is a share that would wake somebody. */
const badAtLeast = 10;

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
  const own = `{${ownNamespace(values)}}`;
  const arms = burns[speed].map(({ rate, long, short }) => {
    const limit = Number((rate * objective.budget).toFixed(6));
    const over = [long, short].map((window) => `${badRatio(objective, window)}${own} > ${limit}`);
    return `(${over.join(' and ')} and ${badCount(objective, long)}${own} > ${badAtLeast})`;
  });
  const fast = speed === 'Fast';
  return alert(values, `${objective.alertPrefix}BudgetBurn${speed}`, fast ? 'critical' : 'warning', {
    expr: arms.join(' or '),
    lasts: fast ? '2m' : '1h',
    summary: `The ${objective.alertPrefix.replace('Auth', '').toLowerCase()} budget of a month is burning ${fast ? 'within days' : 'too early'}`,
    description: `{{ $value | humanizePercentage }} of ${objective.what}.`,
  });
}

function recordings(values: Values, objective: Objective): Recording[] {
  const own = ownSeries(values);
  const ratios = windows.map((window) =>
    recording(values, badRatio(objective, window), badShare(objective, own, window)),
  );
  const counts = [...burns.Fast, ...burns.Slow].map(({ long }) =>
    recording(
      values,
      badCount(objective, long),
      objective.badRequests(own, (series) => `increase(${series}[${long}])`),
    ),
  );
  return [...ratios, ...counts];
}

export function objectiveRules(values: Values): RuleGroup[] {
  const alerts = objectives.flatMap((objective) => [
    burnAlert(values, objective, 'Fast'),
    burnAlert(values, objective, 'Slow'),
  ]);
  const rules = objectives.flatMap((objective) => recordings(values, objective));
  return [
    { name: 'auth-service-objectives', rules },
    { name: 'auth-service-budgets', rules: alerts },
  ];
}
