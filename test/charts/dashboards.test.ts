import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { dashboardDefinitions } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { latencyRoutes } from '../../charts-ts/monitoring/slo/objectives.ts';
import { dashboardFiles } from '../../charts-ts/output/dashboard-files.ts';
import { needs, toolPath } from '../support/debian-tool.ts';
import { promtool } from './support/promtool.ts';
import { documentsOf, type Loose, only, valuesOf } from './support/synthesized.ts';

const files = [...dashboardFiles()];
const grafana: Loose[] = files
  .filter(([name]) => !name.startsWith('cloudwatch'))
  .map(([, text]) => JSON.parse(text));

describe('charts: dashboards', () => {
  it('are committed as they are generated', () => {
    for (const [name, text] of files) expect(readFileSync(`docs/dashboards/${name}`, 'utf8')).to.equal(text);
  });

  it('are ConfigMaps with the label of the Grafana sidecar, each with one dashboard', () => {
    const maps: Loose[] = documentsOf('gke')
      .map(({ object }: Loose) => object)
      .filter(({ kind, metadata }: Loose) => kind === 'ConfigMap' && metadata.name.includes('-dashboard-'));
    expect(maps.map(({ data }) => Object.keys(data)[0])).to.have.members(
      Object.keys(dashboardDefinitions(valuesOf('gke'))).map((name) => `auth-service-${name}.json`),
    );
    for (const { metadata } of maps) expect(metadata.labels.grafana_dashboard).to.equal('1');
  });

  it('have panels that do not overlap, each with a title, a description and a query', () => {
    for (const { panels } of grafana) {
      const cells = new Set<string>();
      for (const { gridPos, title, description, type, targets } of panels) {
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) cells.add(`${x} ${y}`);
        }
        expect(title).to.not.equal('');
        if (type !== 'row') expect(description.length * targets.length, title).to.be.greaterThan(0);
      }
      const area = panels.reduce((sum: number, { gridPos }: Loose) => sum + gridPos.w * gridPos.h, 0);
      expect(cells.size).to.equal(area);
    }
  });

  it('have unique uids, and panels with unique ids', () => {
    expect(new Set(grafana.map(({ uid }) => uid)).size).to.equal(grafana.length);
    for (const { panels } of grafana) {
      expect(new Set(panels.map(({ id }: Loose) => id)).size).to.equal(panels.length);
    }
  });

  it('have every panel that a runbook names', () => {
    const titles = grafana.flatMap(({ panels, title }) => [
      title.replace('Auth service / ', ''),
      ...panels.map(({ title: panelTitle }: Loose) => panelTitle),
    ]);
    for (const file of readdirSync('docs/runbooks')) {
      const text = readFileSync(`docs/runbooks/${file}`, 'utf8').replace(/```[^`]+```|`[^`]+`/g, '');
      const named = [...text.matchAll(/\*([^*]+)\*/g)].map(([, name = '']) => name.replace(/\s+/g, ' '));
      expect(titles, file).to.include.members(named);
    }
  });

  it('have a CloudWatch version that reads the log group of the guide and fits the grid', () => {
    const { widgets }: Loose = JSON.parse(new Map(files).get('cloudwatch-dashboard.json') ?? '{}');
    expect(widgets.length).to.be.greaterThan(6);
    for (const { properties, x, width } of widgets) {
      expect(properties.query).to.match(/^SOURCE '\/ecs\/auth-service' \| filter event = "\w+"/);
      expect(properties.region).to.equal('ap-northeast-2');
      expect(x + width).to.be.at.most(24);
    }
  });

  it('name the unit in the title of each CloudWatch widget, and count over the period in the title', () => {
    const { widgets }: Loose = JSON.parse(new Map(files).get('cloudwatch-dashboard.json') ?? '{}');
    for (const { properties } of widgets) {
      const { query, title } = properties;
      expect(title).to.match(/ \((ms|per second|per minute|sessions|accounts)\)$/);
      expect(title.endsWith('(ms)'), title).to.equal(query.includes('durationMs'));
      expect(title.endsWith('(per second)'), title).to.equal(query.includes('count(*) / 60'));
      expect(query).to.contain(title.includes('15 minutes') ? 'by bin(15m)' : 'by bin(1m)');
    }
  });

  it('query the latency of the same routes in CloudWatch and in Prometheus', () => {
    const { widgets }: Loose = JSON.parse(new Map(files).get('cloudwatch-dashboard.json') ?? '{}');
    const { properties } = widgets.find(({ properties }: Loose) =>
      /^Authentication latency/.test(properties.title),
    );
    const inLog = new RegExp(/route like \/(.+?[^\\])\//.exec(properties.query)?.[1] ?? '');
    expect(inLog.source).to.equal(new RegExp(`^${latencyRoutes}$`).source);
    for (const path of ['login', 'register', 'refresh', 'password/reset'])
      expect(`/api/v1/auth/${path}`).to.match(inLog);
    expect('/api/v1/auth/verify').to.not.match(inLog);
  });

  it('state that a period of 30 days is limited by the retention of Prometheus', () => {
    const long = grafana
      .flatMap(({ panels }) => panels)
      .filter(({ targets = [] }: Loose) => targets.some(({ expr }: Loose) => expr.includes('[30d]')));
    expect(long).to.have.length(4);
    for (const { description, title } of long)
      expect(description, title).to.contain('the retention of Prometheus');
  });
});

(toolPath('promtool') ? describe : describe.skip)(
  needs('promtool', 'charts: panels that need Kubernetes'),
  () => {
    it('show the share of throttled periods by pod, for the service only', () => {
      const panels = grafana.flatMap(({ panels }) => panels);
      const [{ expr }] = panels.find(({ title }) => title === 'CPU throttling').targets;
      const periods = (labels: string, throttled: number) => [
        { series: `container_cpu_cfs_periods_total{${labels}}`, values: '0+600x10' },
        { series: `container_cpu_cfs_throttled_periods_total{${labels}}`, values: `0+${throttled}x10` },
      ];
      const { ok, output } = promtool(['test', 'rules', 'tests.yaml'], {
        'tests.yaml': {
          rule_files: [],
          tests: [
            {
              interval: '1m',
              input_series: [
                ...periods(
                  'namespace="auth-system",container="auth-service",pod="auth-service-7d9f8b-x2x4z"',
                  60,
                ),
                ...periods(
                  'namespace="auth-system",container="auth-service",pod="auth-service-7d9f8b-w8w9t"',
                  0,
                ),
                ...periods(
                  'namespace="elsewhere",container="auth-service",pod="auth-service-5c4d-k7k8p"',
                  60,
                ),
                ...periods(
                  'namespace="auth-system",container="auth-service",pod="auth-service-eu-5c4d-h5h6j"',
                  60,
                ),
                ...periods('namespace="auth-system",container="proxy",pod="auth-service-7d9f8b-x2x4z"', 600),
              ],
              promql_expr_test: [
                {
                  expr: expr.replaceAll('$__rate_interval', '5m'),
                  eval_time: '10m',
                  exp_samples: [
                    { labels: '{pod="auth-service-7d9f8b-x2x4z"}', value: 0.1 },
                    { labels: '{pod="auth-service-7d9f8b-w8w9t"}', value: 0 },
                  ],
                },
              ],
            },
          ],
        },
      });
      expect(ok, output).to.equal(true);
    });
  },
);

describe('charts: scaling on the hash queue time', () => {
  it('is off by default', () => {
    expect(JSON.stringify(only(documentsOf('eks'), 'HorizontalPodAutoscaler'))).not.to.contain('hash_wait');
  });

  it('uses the metric that the rule for prometheus-adapter defines', () => {
    const documents = documentsOf(
      'eks',
      'autoscaling.hashWait.enabled=true,autoscaling.hashWait.target=250m',
    );
    const [{ pods }] = only(documents, 'HorizontalPodAutoscaler').spec.metrics.filter(
      ({ type }: Loose) => type === 'Pods',
    );
    expect(pods.target).to.deep.equal({ type: 'AverageValue', averageValue: '250m' });
    const { data } = only(documents, 'ConfigMap', 'auth-service-adapter-rule');
    expect(parse(data['rules.yaml']).rules[0].name.as).to.equal(pods.metric.name);
  });
});
