import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { grafanaDashboards } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { panelsOf, resolved, seriesIn, variablesIn } from './support/grafana.ts';
import type { Neighbour } from './support/neighbours/neighbour.ts';
import { foreignSeries } from './support/neighbours/series.ts';
import { type Loose, valuesOf } from './support/synthesized.ts';

/** As a user imports them. */
const imported = (...sets: string[]): Loose[] =>
  JSON.parse(JSON.stringify([...grafanaDashboards(valuesOf('eks', ...sets)).values()]));
const dashboards = imported();

const expressionsOf = (dashboard: Loose): string[] => [
  ...panelsOf(dashboard).flatMap(({ targets }) => targets.map(({ expr }: Loose) => expr)),
  ...dashboard.annotations.list.flatMap(({ expr = [] }: Loose) => expr),
];

/** From kube-state-metrics and cAdvisor, as their documentation names them. */
const ofKubernetes = [
  'container_cpu_cfs_periods_total',
  'container_cpu_cfs_throttled_periods_total',
  'container_memory_working_set_bytes',
  'container_spec_memory_limit_bytes',
  'kube_deployment_spec_replicas',
  'kube_deployment_status_replicas_available',
  'kube_deployment_status_replicas_updated',
  'kube_horizontalpodautoscaler_spec_max_replicas',
  'kube_job_failed',
  'kube_pod_container_resource_limits',
  'kube_pod_init_container_status_restarts_total',
];

function knownSeries(): Set<string> {
  const rows = readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| `(\w+)` \| (\w+) \|/gm);
  const ofService = [...rows].flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['bucket', 'count', 'sum'].map((part) => `${name}_${part}`) : [name],
  );
  const recorded = ruleGroups(valuesOf('eks')).flatMap(({ rules }) =>
    rules.flatMap((rule) => ('record' in rule ? [rule.record] : [])),
  );
  return new Set([...ofService, ...recorded, ...ofKubernetes, 'up', 'ALERTS']);
}

describe('charts: the queries of dashboards', () => {
  it('read only series that the service, the rules and Kubernetes have', () => {
    const known = knownSeries();
    const read = [...new Set(dashboards.flatMap(expressionsOf).flatMap(seriesIn))];
    expect(read).to.have.length.above(40);
    expect(read.filter((name) => !known.has(name))).to.deep.equal([]);
  });

  it('use a variable of the dashboard for every label of the installation, and no other variable', () => {
    for (const dashboard of dashboards) {
      const names = dashboard.templating.list.map(({ name }: Loose) => name);
      for (const expr of expressionsOf(dashboard)) {
        expect(names, expr).to.include.members(variablesIn(expr));
        for (const [matchers] of expr.matchAll(/\{[^}]*\}/g)) {
          expect(matchers).to.contain('namespace="$namespace"');
          expect(matchers).to.match(/job="\$job"|\$deployment\b/);
        }
        expect(expr).to.not.match(/auth-system|job="auth/);
      }
    }
  });

  it('have a variable for each further label of the series, which limits the choices of the next', () => {
    const [{ templating }] = imported('monitoring.matchers.cluster=eu-1,monitoring.matchers.region=eu');
    const queries = templating.list.map(({ current, name, query }: Loose) => [name, current?.value, query]);
    expect(queries.slice(0, 6)).to.deep.equal([
      ['datasource', undefined, 'prometheus'],
      ['cluster', 'eu-1', 'label_values(auth_build_info{}, cluster)'],
      ['region', 'eu', 'label_values(auth_build_info{cluster="$cluster"}, region)'],
      [
        'namespace',
        'auth-system',
        'label_values(auth_build_info{cluster="$cluster",region="$region"}, namespace)',
      ],
      [
        'job',
        'auth-service',
        'label_values(auth_build_info{cluster="$cluster",region="$region",namespace="$namespace"}, job)',
      ],
      [
        'deployment',
        'auth-service',
        'label_values(up{cluster="$cluster",region="$region",namespace="$namespace",job="$job"}, pod)',
      ],
    ]);
  });

  it('find the Deployment of a job from the names of its pods', () => {
    const [{ templating }] = dashboards;
    const { regex } = templating.list.find(({ name }: Loose) => name === 'deployment');
    const [, pattern = ''] = /^\/(.+)\/$/.exec(regex) ?? [];
    expect(new RegExp(pattern).exec('auth-staging-7d9f8b6c5-x2x4z')?.[1]).to.equal('auth-staging');
  });

  it('read the series of the installation that a viewer chooses, and no other', () => {
    const names = [
      ['auth-system', 'auth-service'],
      ['auth-system', 'auth'],
      ['auth-system', 'auth-service-eu'],
      ['platform', 'auth-service'],
    ] as const;
    const all = names.map(([namespace, name]): Neighbour => ({ namespace, name, documents: [] }));
    for (const own of all) {
      const chosen = { namespace: own.namespace, job: own.name, deployment: own.name };
      for (const dashboard of dashboards)
        for (const expr of expressionsOf(dashboard))
          expect(foreignSeries(resolved(expr, dashboard, chosen), own, all)).to.deep.equal([]);
    }
  });

  it('are about the chosen pods where pods differ, and the other panels say that they are about all', () => {
    const panels = dashboards.flatMap(panelsOf);
    const ofPods = panels.filter(({ targets }) => targets.some(({ expr }: Loose) => expr.includes('"$pod"')));
    expect([...new Set(ofPods.map(({ title }) => title))].sort()).to.deep.equal([
      'CPU throttling',
      'CPU usage',
      'Degraded dependencies',
      'Event loop lag, p99',
      'Failed migrations',
      'Garbage collection time',
      'Hash queue depth',
      'Heap used',
      'Memory of the limit',
      'Open connections',
      'Open file descriptors',
      'Postgres connections',
      'Postgres replica lag',
      'Process restarts, 1 hour',
      'Queries waiting for each connection',
      'Redis connections',
      'Requests in flight',
      'Resident memory',
    ]);
    for (const panel of panels)
      expect(/ about all pods,/.test(panel.description), panel.title).to.equal(!ofPods.includes(panel));
  });

  it('read no counter of the pods in a graph but those that differ from pod to pod', () => {
    const graphs = dashboards.flatMap(panelsOf).filter(({ type }) => type === 'timeseries');
    const counters = graphs.flatMap(({ targets }) =>
      targets.flatMap(({ expr }: Loose) =>
        [...expr.matchAll(/\b(?:rate|increase)\((\w+)/g)].map(([, name]) => name),
      ),
    );
    expect([...new Set(counters)].sort()).to.deep.equal([
      'container_cpu_cfs_periods_total',
      'container_cpu_cfs_throttled_periods_total',
      'kube_pod_init_container_status_restarts_total',
      'nodejs_gc_duration_seconds_sum',
      'process_cpu_seconds_total',
    ]);
  });

  it('see at least four scrapes in each rate, whatever the interval of the scrapes', () => {
    // Grafana takes four times this interval, or more, for $__rate_interval.
    for (const [sets, interval] of [
      ['monitoring.serviceMonitor.interval=15s', '15s'],
      ['monitoring.serviceMonitor.interval=1m', '1m'],
      [
        'monitoring.serviceMonitor.enabled=false,monitoring.podMonitor.enabled=true,monitoring.podMonitor.interval=45s',
        '45s',
      ],
    ] as const)
      for (const { targets, title } of imported(sets).flatMap(panelsOf))
        for (const target of targets) expect(target.interval, title).to.equal(interval);
  });

  it('ask for one point a minute in six hours, on a screen of any width', () => {
    for (const { maxDataPoints, title, type } of dashboards.flatMap(panelsOf))
      expect(maxDataPoints, title).to.equal(type === 'timeseries' ? 360 : undefined);
  });

  it('are evaluated once for a number, and for each point of a graph', () => {
    for (const { targets, title, type } of dashboards.flatMap(panelsOf))
      for (const { instant, range } of targets)
        expect([instant, range], title).to.deep.equal([type === 'stat', type !== 'stat']);
  });

  it('read no more than an hour of the series of pods at a time', () => {
    const long = dashboards.flatMap(expressionsOf).filter((expr) => /\[(?!10m|15m|30m|1h)\d+\w\]/.test(expr));
    expect(long).to.deep.equal([]);
  });
});
