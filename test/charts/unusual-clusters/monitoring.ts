import type { UnusualCluster } from './cluster.ts';
import { monitoringMistakes } from './monitoring-mistakes.ts';

const monitor = `
    interval: 15s
    scrapeTimeout: 10s
    labels: { release: prometheus }
    annotations: { owner: identity }
    honorLabels: true
    scheme: https
    tlsConfig: { ca: { configMap: { name: mesh-ca, key: ca.pem } }, serverName: auth }
    relabelings: [{ sourceLabels: [__meta_kubernetes_pod_node_name], targetLabel: node }]
    metricRelabelings: [{ sourceLabels: [__name__], regex: nodejs_.*, action: drop }]
    endpoint: { followRedirects: false }`;

/** `monitor` in the object. */
const endpoint = {
  port: 'metrics',
  path: '/metrics',
  interval: '15s',
  scrapeTimeout: '10s',
  honorLabels: true,
  scheme: 'https',
  tlsConfig: { ca: { configMap: { name: 'mesh-ca', key: 'ca.pem' } }, serverName: 'auth' },
  relabelings: [{ sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' }],
  metricRelabelings: [{ sourceLabels: ['__name__'], regex: 'nodejs_.*', action: 'drop' }],
  followRedirects: false,
};

const rows: readonly UnusualCluster[] = [
  {
    title: 'a mesh that demands a client certificate of Prometheus',
    values: `monitoring:\n  serviceMonitor:${monitor}`,
    output: {
      'ServiceMonitor/auth-service': {
        metadata: { labels: { release: 'prometheus' }, annotations: { owner: 'identity' } },
        spec: { endpoints: [endpoint], jobLabel: null, namespaceSelector: null },
      },
    },
  },
  {
    title: 'a Prometheus with the certificates of a mesh in its own files',
    values:
      'monitoring: { serviceMonitor: { scheme: https, tlsConfig: { caFile: /etc/prom-certs/root-cert.pem, insecureSkipVerify: true } } }',
    output: {
      'ServiceMonitor/auth-service': {
        spec: {
          endpoints: [{ tlsConfig: { caFile: '/etc/prom-certs/root-cert.pem', insecureSkipVerify: true } }],
        },
      },
    },
  },
  {
    title: 'a Prometheus that selects PodMonitors',
    values: `monitoring:\n  serviceMonitor: { enabled: false }\n  podMonitor:${monitor}\n    enabled: true`,
    output: {
      'ServiceMonitor/auth-service': null,
      'PodMonitor/auth-service': {
        metadata: { labels: { release: 'prometheus' } },
        spec: {
          jobLabel: 'app',
          selector: { matchLabels: { app: 'auth-service', 'auth-service/installation': 'auth-service' } },
          podMetricsEndpoints: [endpoint],
        },
      },
    },
  },
  {
    title: 'a Prometheus that reads the objects of its own namespace only',
    values:
      'name: staging\nmonitoring:\n  serviceMonitor: { namespace: monitoring }\n  rules: { namespace: monitoring }\n' +
      '  dashboards: { namespace: grafana, annotations: { grafana_folder: Identity } }',
    output: {
      'ServiceMonitor/staging.auth-system': {
        metadata: { namespace: 'monitoring' },
        spec: { namespaceSelector: { matchNames: ['auth-system'] } },
      },
      'PrometheusRule/staging.auth-system': { metadata: { namespace: 'monitoring' } },
      'ConfigMap/staging.auth-system-dashboard-overview': {
        metadata: { namespace: 'grafana', annotations: { grafana_folder: 'Identity' } },
      },
    },
  },
  {
    title: 'an Alertmanager of the operator, and a label of the cluster',
    values:
      'monitoring: { matchers: { cluster: eu-1 }, alertmanagerConfig: { enabled: true, labels: { alertmanager: main } } }',
    output: {
      'AlertmanagerConfig/auth-service': {
        metadata: { namespace: 'auth-system', labels: { alertmanager: 'main' } },
        spec: {
          inhibitRules: [
            {
              sourceMatch: [{ name: 'alertname', matchType: '=~', value: 'AuthServiceDown' }],
              equal: ['namespace', 'job', 'cluster'],
            },
            ...Array.from({ length: 10 }, () => ({})),
          ],
        },
      },
    },
  },
  {
    title: 'alerts of its own, without one of the charts, and with another severity',
    values: `monitoring:
  rules:
    disabled: [AuthStateCopiesForged, AuthSessionAnomalies]
    overrides:
      AuthCredentialStuffing: { for: 10m, severity: page, labels: { team: security } }
      AuthRefreshTokenReuse: { expr: 'vector(1) > 2', annotations: { dashboard: 'https://grafana.example.com' } }
    alertLabels: { team: identity }
    extraGroups: [{ name: mine, rules: [{ alert: Mine, expr: 'up == 0' }] }]`,
    output: {
      'PrometheusRule/auth-service': {
        spec: {
          groups: [
            { name: 'auth-service-objectives' },
            { name: 'auth-service-symptoms' },
            {
              name: 'auth-service-attacks',
              rules: [
                { alert: 'AuthPasswordGuessing', for: '3m', keep_firing_for: '1h' },
                {
                  alert: 'AuthLoginFailureSurge',
                  labels: {
                    severity: 'warning',
                    team: 'identity',
                    namespace: 'auth-system',
                    job: 'auth-service',
                  },
                },
                {
                  alert: 'AuthCredentialStuffing',
                  for: '10m',
                  labels: { severity: 'page', team: 'security' },
                },
                {
                  alert: 'AuthRefreshTokenReuse',
                  expr: 'vector(1) > 2',
                  annotations: {
                    dashboard: 'https://grafana.example.com',
                    runbook_url:
                      'https://github.com/your-org/auth-service/blob/main/docs/runbooks/AuthRefreshTokenReuse.md',
                  },
                },
              ],
            },
            { name: 'auth-service-budgets' },
            { name: 'auth-service-budget-counts', interval: '5m' },
            { name: 'auth-service-budget-ratios', interval: '2m' },
            { name: 'auth-service-scrapes' },
            { name: 'auth-service-kubernetes' },
            { name: 'auth-service-dependencies' },
            { name: 'auth-service-processes' },
            { name: 'auth-service-maintenance' },
            { name: 'auth-service-dashboards' },
            { name: 'mine', rules: [{ alert: 'Mine', expr: 'up == 0' }] },
          ],
        },
      },
    },
  },
  {
    title: 'one Mimir for several clusters, and a scraper of its own',
    values:
      'monitoring:\n  serviceMonitor: { enabled: false }\n  job: auth\n  matchers: { cluster: eu-1 }\n  rules: { disabled: [AuthSigningKeyTooOld] }',
    output: {
      'PrometheusRule/auth-service': {
        spec: {
          groups: [
            ...Array.from({ length: 10 }, () => ({})),
            {
              name: 'auth-service-maintenance',
              rules: [
                {
                  alert: 'AuthPurgeOverdue',
                  expr: 'min(auth_last_purge_age_seconds{namespace="auth-system",job="auth",cluster="eu-1"}) > 180000',
                  labels: { cluster: 'eu-1', job: 'auth', namespace: 'auth-system', severity: 'warning' },
                },
              ],
            },
            { name: 'auth-service-dashboards' },
          ],
        },
      },
    },
  },
  {
    title: 'series that are called after a label of the Service',
    values:
      'commonLabels: { team: identity }\nmonitoring:\n  serviceMonitor: { jobLabel: team }\n  rules: { disabled: [AuthSigningKeyTooOld] }',
    output: {
      'ServiceMonitor/auth-service': { spec: { jobLabel: 'team' } },
      'PrometheusRule/auth-service': {
        spec: {
          groups: [
            ...Array.from({ length: 10 }, () => ({})),
            {
              rules: [
                {
                  expr: 'min(auth_last_purge_age_seconds{namespace="auth-system",job="identity"}) > 180000',
                },
              ],
            },
            { name: 'auth-service-dashboards' },
          ],
        },
      },
    },
  },
];

/** Other ways to scrape, other places of monitors, rules and dashboards, and other alerts. */
export const monitoring: readonly UnusualCluster[] = [
  ...rows.map((row): UnusualCluster => ({ clouds: ['eks'], ...row })),
  ...monitoringMistakes,
];
