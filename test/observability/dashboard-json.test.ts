import { expect } from 'chai';
import {
  importedDashboards,
  interpolate,
  type PanelJson,
  panelsOf,
  thresholdColor,
  variableValues,
} from '../../tools/observability/dashboard-json.ts';
import { panelRange } from '../../tools/observability/panel-data.ts';

const gridPos = { x: 0, y: 0, w: 8, h: 8 };

describe('the reader of dashboards', () => {
  it('finds the panels of open and of collapsed rows', () => {
    const graph = (id: number): PanelJson => ({ id, type: 'timeseries', title: `graph ${id}`, gridPos });
    const panels = [
      { id: 1, type: 'row', title: 'open', gridPos, panels: [] },
      graph(2),
      { id: 3, type: 'row', title: 'collapsed', gridPos, panels: [graph(4)] },
    ];
    expect(panelsOf({ panels }).map(({ id }) => id)).to.deep.equal([2, 4]);
  });

  it('replaces variables in each of the forms that Grafana knows', () => {
    const variables = { job: 'auth-service', pod: '.*', __rate_interval: '2m' };
    const forms = ['$job', '$' + '{job}', '$' + '{pod:regex}', '[$__rate_interval]'];
    expect(forms.map((text) => interpolate(text, variables))).to.deep.equal([
      'auth-service',
      'auth-service',
      '.*',
      '[2m]',
    ]);
  });

  it('refuses a variable without a value', () => {
    expect(() => interpolate('up{cluster="$cluster"}', {})).to.throw('$cluster');
  });

  it('takes the choices of a dashboard, and for all pods the expression that matches them', () => {
    const list = [
      { name: 'datasource' },
      { name: 'namespace', current: { value: 'auth-system' } },
      { name: 'pod', allValue: '.+', current: { value: ['$__all'] } },
    ];
    expect(variableValues({ title: '', uid: '', panels: [], templating: { list } })).to.deep.equal({
      datasource: 'Prometheus',
      namespace: 'auth-system',
      pod: '.+',
    });
  });

  it('replaces every variable of the dashboards of the charts', () => {
    const intervals = { __interval: '1m', __rate_interval: '2m', __range: '6h' };
    for (const dashboard of importedDashboards().values()) {
      const variables = { ...variableValues(dashboard), ...intervals };
      const targets = panelsOf(dashboard).flatMap((panel) => panel.targets ?? []);
      expect(targets).to.not.have.length(0);
      for (const { expr } of targets) expect(interpolate(expr, variables)).to.not.contain('$');
    }
  });

  it('chooses the colour of the last step that a value reaches', () => {
    const steps = [
      { color: 'red', value: null },
      { color: 'orange', value: 0.9 },
      { color: 'green', value: 0.99 },
    ];
    const colors = [-1, 0.899, 0.9, 0.99, 5].map((value) =>
      thresholdColor(value, { mode: 'absolute', steps }),
    );
    expect(colors).to.deep.equal(['red', 'red', 'orange', 'green', 'green']);
  });

  it('gives a panel its own range with fewer values', () => {
    const panel = { id: 1, type: 'timeseries', title: 'budget', gridPos };
    const range = { start: 0, end: 21_600, step: 60 };
    expect(panelRange(panel, range)).to.equal(range);
    expect(panelRange({ ...panel, timeFrom: '30d' }, range)).to.deep.equal({
      start: 21_600 - 2_592_000,
      end: 21_600,
      step: 5_400,
    });
    expect(() => panelRange({ ...panel, timeFrom: 'now/d' }, range)).to.throw('now/d');
  });
});
