import { ruleGroups } from '../monitoring/prometheus-rule.ts';
import { metadata, namesOf, standardLabels } from '../names.ts';
import { seconds } from '../values/formats.ts';
import type { Values } from '../values/schema.ts';

type MonitorName = 'podMonitor' | 'serviceMonitor';

function* checkMonitor(values: Values, name: MonitorName, labels: object, owner: string): Iterable<string> {
  const { interval, jobLabel, scrapeTimeout } = values.monitoring[name];
  if (scrapeTimeout && seconds(scrapeTimeout) > seconds(interval))
    yield `monitoring.${name}.scrapeTimeout: must not be longer than monitoring.${name}.interval, which is ${interval}`;
  if (jobLabel && !values.monitoring.job && !(jobLabel in labels))
    yield `monitoring.${name}.jobLabel: must be a label of ${owner}, because the alerts select its value; or set monitoring.job`;
}

function* checkMonitors(values: Values): Iterable<string> {
  const { podMonitor, serviceMonitor } = values.monitoring;
  if (podMonitor.enabled && serviceMonitor.enabled)
    yield 'monitoring.podMonitor.enabled: must be false, because monitoring.serviceMonitor.enabled is true: Prometheus would count everything twice';
  if (serviceMonitor.enabled)
    yield* checkMonitor(
      values,
      'serviceMonitor',
      metadata(values, namesOf(values).app).labels,
      'the Service',
    );
  if (podMonitor.enabled)
    yield* checkMonitor(
      values,
      'podMonitor',
      { ...standardLabels(values, 'api'), ...values.podLabels },
      'the pods',
    );
}

function* checkRules(values: Values): Iterable<string> {
  const { disabled, enabled, extraGroups, overrides } = values.monitoring.rules;
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
