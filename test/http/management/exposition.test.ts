import { spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { exposition, toPrometheusText } from '../../../app/http/management/exposition.ts';
import { createMetricFactory } from '../../../app/observe/metric-factory.ts';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { startTracing } from '../../../app/observe/otlp.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { toolPath } from '../../support/debian-tool.ts';
import { onOneStore } from '../../support/stores.ts';
import { parseTextFormat } from '../../support/text-format.ts';
import { logInNewUser, newUserFields } from '../../support/users.ts';

const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const text = 'text/plain; version=0.0.4; charset=utf-8';
const traceId = '0af7651916cd43dd8448eb211c80319c';

function createRegistry() {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}

describe('The text format of Prometheus', () => {
  it('has the values of each series, whatever its labels contain, and no exemplar', async () => {
    // Characters that have a meaning in one of the formats.
    const label = fc.string({
      unit: fc.constantFrom('a', '"', '\\', '\n', ' ', '#', '{', '}', ',', '=', 'é', '\u{1f600}'),
      maxLength: 8,
    });
    const observation = fc.tuple(label, label, fc.double({ min: 0, max: 20, noNaN: true }));
    const check = async (observations: readonly [string, string, number][]): Promise<void> => {
      const registry = createRegistry();
      const factory = createMetricFactory(registry, () => traceId);
      const seconds = factory.histogram(
        'x_seconds',
        'Help with a \\ and a "quote".',
        [1, 10],
        ['one', 'other'],
      );
      const events = factory.counter('x_total', 'Events.', [{ one: '', other: '' }]);
      for (const [one, other, value] of observations) {
        seconds.observe(value, { one, other });
        events.inc({ one, other });
      }
      const families = parseTextFormat(toPrometheusText(await registry.metrics()));
      expect([...families.keys()]).to.deep.equal(['x_seconds', 'x_total']);
      expect(families.get('x_seconds')?.help).to.equal('Help with a \\ and a "quote".');
      for (const [one, other] of observations) {
        const same = observations.filter(([first, second]) => first === one && second === other);
        const ofSeries = (name: string, samples = families.get(name)?.samples ?? []) =>
          samples.filter(({ labels }) => labels.get('one') === one && labels.get('other') === other);
        expect(ofSeries('x_total')[0]?.value).to.equal(same.length);
        const sum = same.reduce((total, [, , value]) => total + value, 0);
        expect(ofSeries('x_seconds').find(({ name }) => name.endsWith('_sum'))?.value).to.equal(sum);
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(observation, { maxLength: 8 }), check), { numRuns: 100 });
  });

  it('is refused by the parser of these tests if it is OpenMetrics with exemplars', async () => {
    const metrics = createMetrics('test', () => traceId);
    metrics.hashDuration.observe(0.1);
    const rendered = await metrics.registry.metrics();
    expect(() => parseTextFormat(rendered)).to.throw();
    expect(() => parseTextFormat(rendered.replace(/# EOF\n$/, ''))).to.throw(
      /malformed value|does not belong/,
    );
  });
});

describe('The answer to a scrape', () => {
  let rendered: string;
  before(async () => {
    rendered = await createMetrics('test').registry.metrics();
  });
  const answer = (accept: string, acceptEncoding = '') => exposition(rendered, { accept, acceptEncoding });

  it('is the text format, unless the scraper prefers OpenMetrics', () => {
    for (const accept of ['', '*/*', 'text/plain', 'text/*;q=0.1'])
      expect(answer(accept).type).to.equal(text);
    expect(answer('text/plain; version=1.0.0').type).to.equal('text/plain; version=1.0.0; charset=utf-8');
    for (const accept of ['application/openmetrics-text', 'application/*, text/plain;q=0.9'])
      expect(answer(accept).type).to.equal(openMetrics);
    expect(answer('application/openmetrics-text').body.toString()).to.equal(rendered);
    expect(answer('').body.toString()).to.equal(toPrometheusText(rendered));
  });

  it('is never a refusal', () => {
    for (const accept of ['application/json', '*/*;q=0', ';;;', 'text/plain;version=9'])
      expect(answer(accept)).to.deep.equal(answer(''));
  });

  it('is compressed for those who accept it, and says what it depends on', () => {
    const { body, headers } = answer('', 'gzip');
    expect(headers).to.deep.equal({ Vary: 'Accept, Accept-Encoding', 'Content-Encoding': 'gzip' });
    expect(gunzipSync(body).toString()).to.equal(toPrometheusText(rendered));
    expect(body.length).to.be.below(rendered.length / 4);
    expect(answer('').headers).to.deep.equal({ Vary: 'Accept, Accept-Encoding' });
    expect(exposition('# EOF\n', { accept: '', acceptEncoding: 'gzip' }).headers).not.to.have.property(
      'Content-Encoding',
    );
  });
});

onOneStore('The metrics of a busy service with traces', (stores) => {
  let app: TestApp;
  before(async () => {
    const processor = new SimpleSpanProcessor(new InMemorySpanExporter());
    app = await startApp(
      stores(),
      {},
      startTracing({ endpoint: 'http://localhost', version: 'test', processor }),
    );
    const user = await logInNewUser(app);
    await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: user.refresh } });
    const { email, password } = newUserFields();
    await app.ask('POST /api/v1/auth/login', { body: { email, password } });
    await app.ask('GET /nothing-here');
  });
  after(() => app.close());

  it('are the same series with the same values in both formats, and only OpenMetrics has exemplars', async () => {
    const rendered = await app.metrics.registry.metrics();
    expect(rendered).to.contain('# {trace_id="');
    const families = parseTextFormat(toPrometheusText(rendered));
    const samples = [...families.values()].flatMap((family) => family.samples);
    // Of the same rendering: a series of Node.js, such as a type of active resources, may appear at any time.
    const linesOf = (body: string) => body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const withoutExemplars = linesOf(rendered).map((line) => line.replace(/ # \{trace_id=.*$/, ''));
    expect(linesOf(toPrometheusText(rendered))).to.deep.equal(withoutExemplars);
    expect(samples).to.have.length(withoutExemplars.length);
    const names = samples.map(({ name }) => name);
    expect(names).to.include.members(['auth_logins_total', 'http_request_duration_seconds_bucket']);
    for (const { help, name } of families.values()) expect(help, name).to.not.equal('');
  });

  it('satisfy promtool check metrics', async function () {
    const promtool = toolPath('promtool');
    if (!promtool) return this.skip();
    const input = toPrometheusText(await app.metrics.registry.metrics());
    const { status, stderr, stdout } = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' });
    expect([status, stdout, stderr]).to.deep.equal([0, '', '']);
  });
});
