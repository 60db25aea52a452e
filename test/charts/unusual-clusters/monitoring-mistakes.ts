import type { UnusualCluster } from './cluster.ts';

const refusals: readonly (readonly [title: string, values: string, refused: string])[] = [
  [
    'both monitors',
    'podMonitor: { enabled: true }',
    'monitoring.podMonitor.enabled: must be false, because monitoring.serviceMonitor.enabled is true: Prometheus would count everything twice',
  ],
  [
    'a timeout that is longer than the interval',
    'serviceMonitor: { scrapeTimeout: 1m }',
    'monitoring.serviceMonitor.scrapeTimeout: must not be longer than monitoring.serviceMonitor.interval, which is 30s',
  ],
  [
    'a label that the Service does not have',
    'serviceMonitor: { jobLabel: team }',
    'monitoring.serviceMonitor.jobLabel: must be a label of the Service, because the alerts select its value; or set monitoring.job',
  ],
  [
    'a misspelled field of TLS',
    'serviceMonitor: { tlsConfig: { cafile: /ca.pem } }',
    '50-service-monitor.yaml ServiceMonitor/auth-service: spec.endpoints[0].tlsConfig.cafile is not a known field [schema]',
  ],
  [
    'an unknown alert to leave out',
    'rules: { disabled: [AuthPodsRestarting, AuthPodRestarting] }',
    'monitoring.rules.disabled[1]: is not the name of an alert of docs/runbooks',
  ],
  [
    'a change of an unknown alert',
    'rules: { overrides: { AuthPodRestarting: { severity: page } } }',
    'monitoring.rules.overrides.AuthPodRestarting: is not the name of an alert of docs/runbooks',
  ],
  [
    'a group with the name of another one',
    'rules: { extraGroups: [{ name: auth-service-attacks, rules: [] }] }',
    'monitoring.rules.extraGroups[0].name: must not be the name of another group, auth-service-attacks',
  ],
  [
    'groups where there are no rules',
    'rules: { enabled: false, extraGroups: [{ name: mine, rules: [] }] }',
    'monitoring.rules.extraGroups: must be empty, because monitoring.rules.enabled is false',
  ],
  [
    'a scrape interval that is too long for the alerts',
    'serviceMonitor: { interval: 3m }',
    'monitoring.serviceMonitor.interval: must be at most 2m, because the alerts of monitoring.rules need two samples in five minutes',
  ],
  [
    'inhibitions where there are no rules',
    'rules: { enabled: false }\n  alertmanagerConfig: { enabled: true }',
    'monitoring.alertmanagerConfig.enabled: must be false, because monitoring.rules.enabled is false: it inhibits only their alerts',
  ],
  [
    'a label that Prometheus does not allow',
    'matchers: { cluster-id: eu-1 }',
    'monitoring.matchers.cluster-id: must be the name of a label in Prometheus: letters, digits and _',
  ],
];

/** Contradictions and misspelled words in the values of monitors and rules. */
export const monitoringMistakes: readonly UnusualCluster[] = refusals.map(([title, values, refused]) => ({
  title,
  clouds: ['eks'],
  values: `monitoring:\n  ${values}`,
  refused: [refused],
}));
