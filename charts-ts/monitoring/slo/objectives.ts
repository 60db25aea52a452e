/** A service level objective over 30 days. */
export interface Objective {
  readonly name: 'Availability' | 'Latency';
  /** What a good request is, for dashboards. */
  readonly goodRequests: string;
  /** What a bad request is, for alerts; follows a percentage. */
  readonly badRequests: string;
  /** Error budget: the share of requests that may be bad. */
  readonly budget: number;
  /** `auth:<series>_ratio:rate<window>` is the share of bad requests, `auth:<series>_count:increase<window>` their number. */
  readonly series: string;
  /** `auth:<allSeries>_count:increase<window>` is the number of all requests that count. */
  readonly allSeries: string;
  /** Distinguishes the series of the objective in a legend; empty if there is only one series. */
  readonly legend: string;
  /** PromQL of bad and of all requests. `over` applies a function and a window to a series. */
  bad(selector: string, over: Over): string;
  all(selector: string, over: Over): string;
}

type Over = (series: string) => string;

const duration = 'http_request_duration_seconds';

/** Routes on which users wait. Gateways call /auth/verify all day, and its fast responses would hide slow logins. */
export const latencyRoutes = '/api/v1/auth/(register|login|refresh|password/reset)';

/**
 * Requests whose latency counts. Errors count as unavailability. Fast refusals must not offset slow logins, and failed attempts
 * of suspect networks are delayed on purpose.
 */
export const latencyStatuses = 'status!~"401|403|429|5.."';

/** Requests of the latency objective. */
export const latencySelector = `route=~"${latencyRoutes}",${latencyStatuses}`;

export const availability: Objective = {
  name: 'Availability',
  goodRequests: 'requests that did not end with a server error, by class',
  badRequests: '{{ $labels.class }} requests end with a server error (objective: less than 0.1 %)',
  budget: 0.001,
  series: 'request_error',
  allSeries: 'request',
  legend: '{{class}}',
  bad: (selector, over) => `sum by (class) (${over(`http_requests_total{${selector},result="error"}`)})`,
  all: (selector, over) => `sum by (class) (${over(`http_requests_total{${selector}}`)})`,
};

export const latency: Objective = {
  name: 'Latency',
  goodRequests: 'registrations, logins, token refreshes and password resets that took less than 250 ms',
  badRequests: 'authentication requests take longer than 250 ms (objective: less than 5 %)',
  budget: 0.05,
  series: 'authentication_slow',
  allSeries: 'authentication',
  legend: '',
  bad: (selector, over) =>
    `(sum(${over(`${duration}_count{${selector},${latencySelector}}`)})` +
    ` - sum(${over(`${duration}_bucket{${selector},${latencySelector},le="0.25"}`)}))`,
  all: (selector, over) => `sum(${over(`${duration}_count{${selector},${latencySelector}}`)})`,
};

export const objectives: readonly Objective[] = [availability, latency];

/** PromQL of the share of bad requests, computed from the metrics of the service. */
export function badRatio({ all, bad }: Objective, selector: string, window: string): string {
  const rate: Over = (series) => `rate(${series}[${window}])`;
  return `${bad(selector, rate)} / ${all(selector, rate)}`;
}

/** PromQL of the number of bad requests. */
export const badCount = ({ bad }: Objective, selector: string, window: string): string =>
  bad(selector, (series) => `increase(${series}[${window}])`);

/** PromQL of the number of all requests. */
export const allCount = ({ all }: Objective, selector: string, window: string): string =>
  all(selector, (series) => `increase(${series}[${window}])`);

/** Names of the recorded series. The ratio over 30 days is the share of bad requests that the budget is compared with. */
export const recordedRatio = ({ series }: Objective, window: string): string =>
  `auth:${series}_ratio:rate${window}`;
export const recordedCount = ({ series }: Objective, window: string): string =>
  `auth:${series}_count:increase${window}`;
export const recordedAll = ({ allSeries }: Objective, window: string): string =>
  `auth:${allSeries}_count:increase${window}`;
