import type { Query } from './panel.ts';

export const rate = (series: string): string => `rate(${series}[$__rate_interval])`;

/** Rate of a counter of each chosen pod. The legend names the labels by which it is grouped. */
export const rateBy = (labels: readonly string[], series: string): Query => sumBy(labels, rate(series));

/** Sum over everything but the labels, which the legend names. */
export function sumBy(labels: readonly string[], expr: string): Query {
  const legend = labels.map((label) => `{{${label}}}`).join(' ');
  return { legend, expr: `sum by (${labels.join(', ')}) (${expr})` };
}

/** Label matcher of the bucket that contains every observation, so that its rate is the rate of all. */
export const everyDuration = 'le="+Inf"';

/** Quantile of a recorded rate of the buckets of a histogram (recordings.ts). @param series with its label matchers */
export const quantile = (q: number, series: string): string =>
  `histogram_quantile(${q}, sum by (le) (${series}))`;

/** One query for each quantile, with legends such as p95. */
export const quantiles = (series: string, qs: readonly number[] = [0.5, 0.95, 0.99]): Query[] =>
  qs.map((q) => ({ legend: `p${q * 100}`, expr: quantile(q, series) }));

/** Value of a gauge on each pod. */
export const byPod = (gauge: string, aggregation: 'max' | 'sum' = 'max'): Query => ({
  legend: '{{pod}}',
  expr: `${aggregation} by (pod) (${gauge})`,
});

/**
 * The share of a part in a whole. It is 0 while the whole is 0, and while the part has no series yet: nothing of it was bad. It
 * has no value while nothing is known about the whole, so an outage stays visible as a gap.
 */
export const share = (part: string, whole: string): string =>
  `(${part} or 0 * ${whole}) / clamp_min(${whole}, 1e-9)`;
