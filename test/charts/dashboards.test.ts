import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { dashboardDefinitions, grafanaDashboards } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { dashboardFiles } from '../../charts-ts/output/dashboard-files.ts';
import { panelsOf } from './support/grafana.ts';
import { documentsOf, type Loose, only, valuesOf } from './support/synthesized.ts';

const files = [...dashboardFiles()];
const grafana: Loose[] = files
  .filter(([name]) => name.endsWith('.json') && !name.startsWith('cloudwatch'))
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

  it('keep the uids of existing installations', () => {
    const uids = (...sets: string[]) =>
      [...grafanaDashboards(valuesOf('eks', ...sets)).values()].map(({ uid }) => uid);
    expect(uids()).to.deep.equal([
      'auth-service-overview',
      'auth-service-authentication',
      'auth-service-runtime',
    ]);
    expect(uids('name=staging,namespace.name=platform')).to.deep.equal([
      'auth-8faab62ab7-overview',
      'auth-8faab62ab7-authentication',
      'auth-8faab62ab7-runtime',
    ]);
  });

  it('have panels that fill the 24 columns of each line, and do not overlap', () => {
    for (const { panels, title } of grafana) {
      const places: Loose[] = panels.map(({ gridPos }: Loose) => gridPos);
      let end = 0;
      for (const y of new Set(places.map((place) => place.y))) {
        const line = places.filter((place) => place.y === y);
        expect(y, title).to.equal(end);
        expect(new Set(line.map(({ h }) => h)).size, title).to.equal(1);
        const columns = line.flatMap(({ w, x }) => Array.from({ length: w }, (_, index) => x + index));
        expect(columns, `${title}, line ${y}`).to.deep.equal([...Array(24).keys()]);
        end += line[0]?.h;
      }
    }
  });

  it('have panels with a title, a unit, a description of at least a sentence, and queries', () => {
    for (const { description, fieldConfig, targets, title } of grafana.flatMap(panelsOf)) {
      expect(title).to.match(/^[A-Z]/);
      expect(fieldConfig.defaults.unit, title).to.be.oneOf([
        ...['percentunit', 's', 'reqps', 'cps', 'short', 'bytes', 'none'],
      ]);
      expect(description, title).to.match(/^.{20,}\.$/);
      expect(targets, title).to.not.have.length(0);
    }
  });

  it('show the state of users in the first row, as six numbers on a coloured background', () => {
    const [{ panels }] = grafana;
    const [row, ...rest] = panels;
    const first = rest.slice(0, 6);
    expect(row.type).to.equal('row');
    expect(new Set(first.map(({ gridPos }: Loose) => gridPos.y)).size).to.equal(1);
    expect(first.map(({ title }: Loose) => title)).to.deep.equal([
      'Availability',
      'Latency, p95',
      'Login success',
      'Firing pages',
      'Availability error budget remaining',
      'Latency error budget remaining',
    ]);
    for (const { fieldConfig, options, type } of first) {
      expect([type, options.colorMode]).to.deep.equal(['stat', 'background']);
      const colors = fieldConfig.defaults.thresholds.steps.map(({ color }: Loose) => color);
      expect(colors).to.include('green').and.to.have.length.above(1);
    }
  });

  it('have unique uids, and panels with unique ids and titles', () => {
    expect(new Set(grafana.map(({ uid }) => uid)).size).to.equal(grafana.length);
    for (const { panels } of grafana) {
      expect(new Set(panels.map(({ id }: Loose) => id)).size).to.equal(panels.length);
      const titles = panels.map(({ title }: Loose) => title);
      expect(titles.filter((title: string, index: number) => titles.indexOf(title) !== index)).to.deep.equal(
        [],
      );
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
});

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
