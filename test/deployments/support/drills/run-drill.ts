import { setTimeout as sleep } from 'node:timers/promises';
import type { RuleGroup } from '../../../../charts-ts/monitoring/alerts/rule.ts';
import type { Drill } from './drill.ts';
import { alertsOf, type Installation } from './installation.ts';
import type { ScrapingPrometheus } from './scraping-prometheus.ts';

/** Seconds. Far longer than any drill needs, because a busy machine must not fail one. */
const limits = { before: 240, fire: 240, silent: 360 } as const;
/** Alerts that a busy machine raises by itself. */
export const aboutLatency: readonly string[] = ['AuthLatencyBudgetBurnFast', 'AuthLoginsSlow'];
/** Milliseconds between two looks at the alerts. */
const pause = 500;

export interface DrillResult {
  readonly alert: string;
  /** Seconds from the begin of the cause until the alert fired, and from its end until the alert was silent. */
  readonly fired: number;
  readonly silent: number;
}

export interface DrillReport {
  readonly results: readonly DrillResult[];
  /** Other alerts that the cause raised. */
  readonly others: readonly string[];
}

const secondsSince = (start: number): number => (performance.now() - start) / 1_000;

/** What the expression of each alert returns now, for the message of a failure. */
async function diagnosis(
  prometheus: ScrapingPrometheus,
  installation: Installation,
  names: readonly string[],
) {
  const rules = alertsOf(installation.groups).filter(({ alert }) => names.includes(alert));
  const values = await Promise.all(
    rules.map(async ({ alert, expr }) => {
      const samples = await prometheus.query(expr).catch((error: unknown) => String(error));
      return `${alert}: ${expr}\n  is now ${JSON.stringify(samples)}`;
    }),
  );
  const firing = [...(await prometheus.firing(installation.namespace))];
  return `${values.join('\n')}\nfiring: ${firing.join(', ') || 'nothing'}`;
}

/** Waits until each of the alerts fires, or until each is silent. @returns when each of them did, in seconds */
async function waitForAlerts(
  prometheus: ScrapingPrometheus,
  installation: Installation,
  names: readonly string[],
  { fire, within }: { fire: boolean; within: number },
): Promise<Map<string, number>> {
  const start = performance.now();
  const reached = new Map<string, number>();
  while (true) {
    const firing = await prometheus.firing(installation.namespace);
    for (const name of names) {
      if (firing.has(name) === fire && !reached.has(name)) reached.set(name, secondsSince(start));
    }
    // An alert that is silent for a moment and fires again is not silent.
    if (!fire) for (const name of firing) reached.delete(name);
    if (reached.size === names.length) return reached;
    if (secondsSince(start) > within) {
      const missing = names.filter((name) => !reached.has(name));
      const what = fire ? 'does not fire' : 'is not silent';
      throw new Error(
        `${missing.join(', ')} ${what} within ${within} s\n${await diagnosis(prometheus, installation, missing)}`,
      );
    }
    await sleep(pause);
  }
}

/** The alerts of an installation that must not fire during the drill. */
export function forbiddenAlerts(
  { without = [], withoutPage = false }: Drill,
  groups: readonly RuleGroup[],
): string[] {
  return alertsOf(groups)
    .filter(({ alert, labels }) => {
      const isPage = labels.severity === 'critical' && !aboutLatency.includes(alert);
      return without.includes(alert) || (withoutPage && isPage);
    })
    .map(({ alert }) => alert);
}

/**
 * Sees the alerts of a drill silent, makes the cause, sees each of them fire, ends the cause, and sees each of them silent
 * again.
 * @throws Error that names the alert, its expression and what Prometheus has for it
 */
export async function runDrill(
  prometheus: ScrapingPrometheus,
  installation: Installation,
  drill: Drill,
): Promise<DrillReport> {
  const { alerts } = drill;
  const forbidden = forbiddenAlerts(drill, installation.groups);
  const wait = (names: readonly string[], fire: boolean, within: number) =>
    waitForAlerts(prometheus, installation, names, { fire, within });

  await wait([...alerts, ...forbidden], false, limits.before);
  let start = performance.now();
  const end = await drill.begin(installation, () => {
    start = performance.now();
  });
  const preparation = secondsSince(start);
  const fired = await wait(alerts, true, limits.fire).finally(end);
  const silent = await wait(alerts, false, limits.silent);
  const others = (await prometheus.firedWithin(installation.namespace, secondsSince(start))).filter(
    (name) => !alerts.includes(name),
  );
  const wrong = others.filter((name) => forbidden.includes(name));
  if (wrong.length > 0) throw new Error(`${wrong.join(', ')} must not fire for this cause`);
  const results = alerts.map((alert) => ({
    alert,
    fired: preparation + (fired.get(alert) ?? 0),
    silent: silent.get(alert) ?? 0,
  }));
  return { results, others };
}
