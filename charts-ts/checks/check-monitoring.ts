import { ruleGroups } from '../monitoring/prometheus-rule.ts';
import { scrapedLabels, scrapeInterval } from '../monitoring/promql.ts';
import { seconds } from '../values/formats.ts';
import type { Values } from '../values/schema.ts';

function* checkMonitor(values: Values, name: 'podMonitor' | 'serviceMonitor'): Iterable<string> {
  const { enabled, interval, jobLabel, scrapeTimeout } = values.monitoring[name];
  if (!enabled) return;
  if (scrapeTimeout && seconds(scrapeTimeout) > seconds(interval))
    yield `monitoring.${name}.scrapeTimeout: must not be longer than monitoring.${name}.interval, which is ${interval}`;
  const owner = name === 'podMonitor' ? 'the pods' : 'the Service';
  if (jobLabel && !values.monitoring.job && !(jobLabel in scrapedLabels(values)))
    yield `monitoring.${name}.jobLabel: must be a label of ${owner}, because the alerts select its value; or set monitoring.job`;
}

function* checkMonitors(values: Values): Iterable<string> {
  const { podMonitor, serviceMonitor } = values.monitoring;
  if (podMonitor.enabled && serviceMonitor.enabled)
    yield 'monitoring.podMonitor.enabled: must be false, because monitoring.serviceMonitor.enabled is true: Prometheus would count everything twice';
  yield* checkMonitor(values, 'serviceMonitor');
  yield* checkMonitor(values, 'podMonitor');
}

/** Seconds. Prometheus forgets a sample after five minutes, and the shortest windows need two of them. */
const longestScrapeInterval = 120;

function* checkRules(values: Values): Iterable<string> {
  const { alertmanagerConfig, podMonitor, rules, serviceMonitor } = values.monitoring;
  const { disabled, enabled, extraGroups, overrides } = rules;
  const isScraped = podMonitor.enabled || serviceMonitor.enabled;
  if (enabled && isScraped && scrapeInterval(values) > longestScrapeInterval)
    yield `monitoring.${podMonitor.enabled ? 'podMonitor' : 'serviceMonitor'}.interval: must be at most 2m, because the alerts of monitoring.rules need two samples in five minutes`;
  if (alertmanagerConfig.enabled && !enabled)
    yield 'monitoring.alertmanagerConfig.enabled: must be false, because monitoring.rules.enabled is false: it inhibits only their alerts';
  const groups = ruleGroups(values);
  const alerts = groups.flatMap(({ rules }) =>
    rules.flatMap((rule) => ('alert' in rule ? [rule.alert] : [])),
  );
  // The only alert that not every installation has.
  const known = new Set([...alerts, 'AuthBackupOverdue']);
  const isNoAlert = 'is not the name of an alert of docs/runbooks';
  for (const [index, name] of disabled.entries())
    if (!known.has(name)) yield `monitoring.rules.disabled[${index}]: ${isNoAlert}`;
  for (const name of Object.keys(overrides))
    if (!known.has(name)) yield `monitoring.rules.overrides.${name}: ${isNoAlert}`;
  if (extraGroups.length > 0 && !enabled)
    yield 'monitoring.rules.extraGroups: must be empty, because monitoring.rules.enabled is false';
  const names = [...groups.map(({ name }) => name), ...extraGroups.map(({ name }) => name)];
  for (const [index, { name }] of extraGroups.entries())
    if (names.indexOf(name) !== groups.length + index)
      yield `monitoring.rules.extraGroups[${index}].name: must not be the name of another group, ${String(name)}`;
}

/** Checks the values of Prometheus and its rules. */
export function* checkMonitoring(values: Values): Iterable<string> {
  yield* checkMonitors(values);
  yield* checkRules(values);
}
