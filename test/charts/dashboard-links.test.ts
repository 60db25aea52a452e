import { expect } from 'chai';
import { grafanaDashboards } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { panelsOf, resolved, variablesIn } from './support/grafana.ts';
import { type Loose, valuesOf } from './support/synthesized.ts';

const runbooks = 'https://wiki.example.com/auth';
const imported = (...sets: string[]): Loose[] =>
  JSON.parse(
    JSON.stringify([
      ...grafanaDashboards(valuesOf('eks', `monitoring.rules.runbooks=${runbooks}`, ...sets)).values(),
    ]),
  );
const dashboards = imported();

const linksOf = (dashboard: Loose): Loose[] => [
  ...dashboard.links,
  ...panelsOf(dashboard).flatMap(({ links }) => links),
];

/** What Explore gets of a link after Grafana has replaced the variables. */
function paneOf({ url }: Loose, dashboard: Loose): Loose {
  const chosen = { __from: '1700000000000', __to: '1700003600000', logs: 'my-logs', traces: 'my-traces' };
  const { searchParams } = new URL(resolved(url, dashboard, chosen), 'https://grafana.example.com');
  return JSON.parse(searchParams.get('panes') ?? '{}').a;
}

const exploring = (dashboard: Loose, title: RegExp): Loose[] =>
  linksOf(dashboard)
    .filter((link) => title.test(link.title))
    .map((link) => paneOf(link, dashboard));

describe('charts: the links of dashboards', () => {
  it('lead from each panel to the runbooks of its alerts', () => {
    const urls = dashboards.flatMap(linksOf).flatMap(({ url }) => (url.startsWith(runbooks) ? [url] : []));
    const named = new Set(urls.map((url) => url.slice(runbooks.length + 1)));
    const rules = ruleGroups(valuesOf('eks', 'backup.enabled=true,backup.claim=auth-backups')).flatMap(
      (group) => group.rules,
    );
    const alerts = rules.flatMap((rule) => ('alert' in rule ? [`${rule.alert}.md`] : []));
    expect([...named]).to.have.members(alerts);
  });

  it('lead to no runbook if the values name no page', () => {
    const without = JSON.parse(
      JSON.stringify([...grafanaDashboards(valuesOf('eks', 'monitoring.rules.runbooks=null')).values()]),
    );
    expect(without.flatMap(linksOf).filter(({ title }: Loose) => title.startsWith('Runbook'))).to.deep.equal(
      [],
    );
  });

  it('lead to the other dashboards of the installation with the same choices and time', () => {
    for (const own of dashboards) {
      const others = own.links.filter(({ url }: Loose) => url.startsWith('/d/'));
      expect(others.map(({ url }: Loose) => url)).to.have.members(
        dashboards.filter((other) => other !== own).map(({ uid }) => `/d/${uid}`),
      );
      for (const { includeVars, keepTime } of others)
        expect([includeVars, keepTime]).to.deep.equal([true, true]);
    }
  });

  it('search the log of the chosen installation in Loki, over the time of the dashboard', () => {
    const panes = dashboards.flatMap((dashboard) => exploring(dashboard, /^(Logs|Warnings)/));
    expect(panes).to.have.length.above(10);
    for (const { datasource, queries, range } of panes) {
      expect(datasource).to.equal('my-logs');
      expect(queries[0].datasource).to.deep.equal({ type: 'loki', uid: 'my-logs' });
      expect(queries[0].expr).to.match(
        /^\{namespace="auth-system",container="auth-service"\} \| json \| \w+ !?=/,
      );
      expect(range).to.deep.equal({ from: '1700000000000', to: '1700003600000' });
    }
  });

  it('search the log in CloudWatch if it is there, and nowhere if it is nowhere', () => {
    const panes = imported('monitoring.dashboards.logs=cloudwatch').flatMap((dashboard) =>
      exploring(dashboard, /^(Logs|Warnings)/),
    );
    expect(panes).to.have.length.above(10);
    for (const { queries } of panes) {
      expect(queries[0].logGroupNames).to.deep.equal(['/ecs/auth-service']);
      expect(queries[0].expression).to.match(/ \| filter \w+ !?= .+ \| sort @timestamp desc$/);
    }
    const none = imported('monitoring.dashboards.logs=null,monitoring.dashboards.traces=null');
    expect(none.flatMap(linksOf).filter(({ url }) => url.startsWith('/explore'))).to.deep.equal([]);
    for (const { templating } of none)
      expect(templating.list.map(({ name }: Loose) => name)).to.not.include.members(['logs', 'traces']);
  });

  it('search the traces of slow and failed requests by the name of the service', () => {
    const panes = imported('extraConfig.OTEL_SERVICE_NAME=login').flatMap((dashboard) =>
      exploring(dashboard, /^Traces/),
    );
    expect(panes).to.have.length.above(3);
    for (const { queries } of panes)
      expect(queries[0].query).to.match(/^\{ resource\.service\.name = "login" && .+ \}$/);
    const latency = panes.find(({ queries }) => queries[0].query.includes('duration'));
    expect(latency.queries[0].query).to.contain('duration > 250ms');
  });

  it('use variables that the dashboard has', () => {
    for (const dashboard of dashboards) {
      const names = dashboard.templating.list.map(({ name }: Loose) => name);
      for (const { url } of linksOf(dashboard)) expect(names, url).to.include.members(variablesIn(url));
    }
  });

  it('write variables without braces, which Flux would replace in a ConfigMap', () => {
    expect(JSON.stringify(dashboards)).to.not.match(/\$\{/);
  });
});
