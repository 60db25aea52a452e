import type { RuleGroup } from '../../../../charts-ts/monitoring/alerts/rule.ts';

/** Seconds of each unit of a duration of Prometheus. */
const units: Readonly<Record<string, number>> = {
  ...{ ms: 0.001, s: 1, m: 60, h: 3_600 },
  ...{ d: 86_400, w: 604_800, y: 31_536_000 },
};
const duration = '(?:\\d+(?:ms|[smhdwy]))+';

/** Seconds between two scrapes, and between two evaluations of all rules. */
export const interval = 2;
/** Seconds. A rate needs two scrapes, and a busy machine may miss some, so no window becomes shorter than five scrapes. */
const shortestWindow = 5 * interval;

/** Seconds of `1h30m`. @throws Error for a text that is no duration of Prometheus */
export function secondsOf(text: string): number {
  if (!new RegExp(`^(?:${duration}|0)$`).test(text)) throw new Error(`${text} is no duration of Prometheus`);
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)];
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0);
}

/** A duration as Prometheus reads it, in whole milliseconds. */
export const written = (seconds: number): string => `${Math.round(seconds * 1_000)}ms`;

/**
 * Divides each duration of an expression: windows, steps of subqueries and offsets. Texts in quotes, such as a regular
 * expression with brackets, and names of recorded series, such as `…:rate5m`, stay as they are. Numbers stay as well: a
 * rate is per second in any case, and an age in seconds is made real by the drill.
 */
export function scaleExpression(expr: string, factor: number): string {
  const window = (text: string): string => written(Math.max(secondsOf(text) / factor, shortestWindow));
  const step = (text: string): string => written(Math.max(secondsOf(text) / factor, interval));
  const token = new RegExp(`"(?:[^"\\\\]|\\\\.)*"|\\[([^\\]]*)\\]|\\b(offset\\s+-?)(${duration})`, 'g');
  return expr.replace(
    token,
    (text: string, range: string | undefined, offset: string | undefined, by: string) => {
      if (range !== undefined) {
        const [length = '', resolution] = range.split(':').map((part) => part.trim());
        const steps = resolution === undefined ? '' : `:${resolution && step(resolution)}`;
        return `[${window(length)}${steps}]`;
      }
      return offset === undefined ? text : offset + written(secondsOf(by) / factor);
    },
  );
}

/** How long a condition must be true or stay after its end. */
const times: ReadonlySet<string> = new Set(['for', 'keep_firing_for']);

function scaleRule<Rule extends { readonly expr: string }>(rule: Rule, factor: number): Rule {
  const scaled = Object.entries(rule).flatMap(([name, value]) =>
    times.has(name) ? [[name, written(secondsOf(String(value)) / factor)] as const] : [],
  );
  return { ...rule, ...Object.fromEntries(scaled), expr: scaleExpression(rule.expr, factor) };
}

/**
 * The real rules in a shorter time: each duration of each rule is divided by `factor`, and nothing else changes. Prometheus
 * evaluates all groups as often as it scrapes, whatever interval they have.
 */
export function scaleRules(groups: readonly RuleGroup[], factor: number): RuleGroup[] {
  return groups.map(({ name, rules }) => ({ name, rules: rules.map((rule) => scaleRule(rule, factor)) }));
}

const recordedNames = /\bauth:[\w:]+/g;

/**
 * The groups with the named alerts and what these read, so that one Prometheus can watch many installations. The order of the
 * rules stays.
 */
export function onlyAlerts(groups: readonly RuleGroup[], alerts: ReadonlySet<string>): RuleGroup[] {
  const rules = groups.flatMap((group) => group.rules);
  const needed = new Set(rules.filter((rule) => 'alert' in rule && alerts.has(rule.alert)));
  // A set that grows while it is read is read to its end.
  for (const { expr } of needed) {
    const read = new Set(expr.match(recordedNames));
    for (const rule of rules) if ('record' in rule && read.has(rule.record)) needed.add(rule);
  }
  return groups
    .map(({ name, rules: all }) => ({ name, rules: all.filter((rule) => needed.has(rule)) }))
    .filter((group) => group.rules.length > 0);
}
