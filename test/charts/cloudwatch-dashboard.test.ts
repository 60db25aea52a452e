import { expect } from 'chai';
import { latencyRoutes } from '../../charts-ts/monitoring/slo/objectives.ts';
import { dashboardFiles } from '../../charts-ts/output/dashboard-files.ts';
import type { Loose } from './support/synthesized.ts';

const { widgets }: Loose = JSON.parse(dashboardFiles().get('cloudwatch-dashboard.json') ?? '{}');

describe('charts: the CloudWatch dashboard', () => {
  it('reads the log group of the guide and fits the grid', () => {
    expect(widgets.length).to.be.greaterThan(6);
    for (const { properties, x, width } of widgets) {
      expect(properties.query).to.match(/^SOURCE '\/ecs\/auth-service' \| filter event = "\w+"/);
      expect(properties.region).to.equal('ap-northeast-2');
      expect(x + width).to.be.at.most(24);
    }
  });

  it('names the unit in the title of each widget, and counts over the period in the title', () => {
    for (const { properties } of widgets) {
      const { query, title } = properties;
      expect(title).to.match(/ \((ms|per second|per minute|sessions|accounts)\)$/);
      expect(title.endsWith('(ms)'), title).to.equal(query.includes('durationMs'));
      expect(title.endsWith('(per second)'), title).to.equal(query.includes('count(*) / 60'));
      expect(query).to.contain(title.includes('15 minutes') ? 'by bin(15m)' : 'by bin(1m)');
    }
  });

  it('queries the latency of the same routes as Prometheus', () => {
    const { properties } = widgets.find(({ properties }: Loose) =>
      /^Authentication latency/.test(properties.title),
    );
    const inLog = new RegExp(/route like \/(.+?[^\\])\//.exec(properties.query)?.[1] ?? '');
    expect(inLog.source).to.equal(new RegExp(`^${latencyRoutes}$`).source);
    for (const path of ['login', 'register', 'refresh', 'password/reset'])
      expect(`/api/v1/auth/${path}`).to.match(inLog);
    expect('/api/v1/auth/verify').to.not.match(inLog);
  });
});
