import { expect } from 'chai';
import { createLog } from '../../app/observe/log.ts';
import { grafanaDashboards } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { panelsOf } from './support/grafana.ts';
import { type Loose, valuesOf } from './support/synthesized.ts';

const formats = ['json', 'gcp', 'ecs'] as const;

const request = (status: number, route = '/api/v1/auth/login') => ({ event: 'request', route, status });
/** Lines that searches must tell apart: the level, and the fields by the names of docs/logging.md. */
const lines: readonly (readonly ['debug' | 'info' | 'warn' | 'error', Readonly<Record<string, unknown>>])[] =
  [
    ['info', request(200)],
    ['info', request(401)],
    ['info', request(429)],
    ['info', request(200, '/api/v1/users/me')],
    ['error', request(500)],
    ['warn', request(503, '/api/v1/users/me')],
    ['info', { event: 'login', outcome: 'failure', reason: 'wrong_password' }],
    ['info', { event: 'login', outcome: 'success' }],
    ['warn', { event: 'account_locked' }],
    ['warn', { event: 'refresh_reuse', cause: 'reuse_old' }],
    ['warn', { event: 'session_anomaly', action: 'ended' }],
    ['warn', { event: 'state_copy_refused', reason: 'bad_mac' }],
    ['error', { event: 'postgres_lost' }],
    ['warn', { event: 'redis_lost' }],
    ['debug', {}],
  ];

type Labels = Readonly<Record<string, string>>;

/** The labels that the parser `json` of Loki makes of an object: names joined by underscores, in letters that a label may have. */
function labelsOf(object: object, prefix = ''): Labels {
  const own = Object.entries(object).map(([name, value]): Labels => {
    const label = `${prefix}${name}`.replace(/\W/g, '_');
    if (Array.isArray(value)) return {};
    return typeof value === 'object' && value !== null
      ? labelsOf(value, `${label}_`)
      : { [label]: `${value}` };
  });
  return Object.assign({}, ...own);
}

/** The labels of each line as the service logs it in a format. */
function loggedIn(logFormat: (typeof formats)[number]): Labels[] {
  const config = { logLevel: 'debug', environment: 'production', logFormat } as const;
  return lines.map(([level, fields]) => {
    const texts: string[] = [];
    const log = createLog(config, { write: (text) => void texts.push(text) }, '1.2.3');
    // reason: the lines have only the fields that searches read, and the types of the events demand all.
    log[level](fields as never, 'a line');
    return labelsOf(JSON.parse(texts[0] ?? ''));
  });
}

const comparisons: Readonly<Record<string, (value: string, text: string) => boolean>> = {
  '=': (value, text) => value === text,
  '!=': (value, text) => value !== text,
  '=~': (value, text) => new RegExp(`^(?:${text})$`).test(value),
  '>=': (value, text) => Number(value) >= Number(text),
  '<': (value, text) => Number(value) < Number(text),
};

/** Whether Loki returns a line with these labels. A condition may have `or` or `and`, as those of the dashboards. */
function selects(query: string, labels: Labels): boolean {
  const [, condition = ''] = / \| json \| (.+)$/.exec(query) ?? [];
  return condition.split(' or ').some((part) =>
    part.split(' and ').every((comparison) => {
      const [, label = '', operator = '', text = ''] = /^(\w+) (\S+) "?([^"]*)"?$/.exec(comparison) ?? [];
      const compare = comparisons[operator];
      if (!compare) throw new Error(`the test cannot read ${comparison} of ${query}`);
      return compare(labels[label] ?? '', text);
    }),
  );
}

/** The searches in Loki of all dashboards, each with the name of its panel. */
function searchesIn(format: (typeof formats)[number]): (readonly [name: string, query: string])[] {
  const values = valuesOf('eks', `logFormat=${format}`);
  const dashboards: Loose[] = JSON.parse(JSON.stringify([...grafanaDashboards(values).values()]));
  return dashboards.flatMap((dashboard) =>
    [dashboard, ...panelsOf(dashboard)].flatMap(({ links, title }: Loose) =>
      links
        .filter((link: Loose) => /^(Logs|Warnings)/.test(link.title))
        .map(({ url }: Loose) => {
          const { searchParams } = new URL(url, 'https://grafana.example.com');
          return [title, JSON.parse(searchParams.get('panes') ?? '{}').a.queries[0].expr] as const;
        }),
    ),
  );
}

describe('charts: the searches of dashboards in Loki', () => {
  const expected = searchesIn('json').map(([name, query]) => {
    const found = loggedIn('json').map((labels) => selects(query, labels));
    return { name, found: lines.filter((_, index) => found[index]) };
  });

  it('each find some lines and not all', () => {
    expect(expected).to.have.length.above(10);
    for (const { found, name } of expected) expect(found.length, name).to.be.within(1, lines.length - 1);
  });

  for (const format of formats)
    it(`find the same lines in the format ${format}`, () => {
      const logged = loggedIn(format);
      const found = searchesIn(format).map(([name, query]) => {
        const selected = logged.map((labels) => selects(query, labels));
        return { name, found: lines.filter((_, index) => selected[index]) };
      });
      expect(found).to.deep.equal(expected);
    });
});
