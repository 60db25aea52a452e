import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { openTracing } from '../../app/observe/open-tracing.ts';
import { startTracing } from '../../app/observe/otlp.ts';
import { storeSpans } from '../../app/observe/tracing.ts';
import { instrumentDatabase } from '../../app/store/postgres/instrumented-database.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { onEachStore } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { logInNewUser, registerUser } from '../support/users.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };

onEachStore('a traced service', (stores) => {
  const exporter = new InMemorySpanExporter();
  let app: TestApp;

  before(async () => {
    const processor = new SimpleSpanProcessor(exporter);
    const tracing = startTracing({ endpoint: 'http://localhost', version: 'test', processor });
    const database = instrumentDatabase(stores().database, storeSpans(tracing).query);
    app = await startApp({ ...stores(), database, replica: database }, {}, tracing);
  });
  beforeEach(() => exporter.reset());
  after(() => app.close());
  const spans = () => exporter.getFinishedSpans();
  const names = () => spans().map(({ name }) => name);

  it("continues the caller's trace in queries and argon2, and returns it in a header", async () => {
    const { email, password } = await registerUser(app);
    exporter.reset();
    const reply = await app.ask('POST /api/v1/auth/login', { body: { email, password }, headers });
    expect(reply.headers.traceresponse).to.match(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(names()).to.include.members([
      'POST /api/v1/auth/login',
      'postgresql users/find_by_email',
      'argon2 verify',
    ]);
    expect(spans().map((span) => span.spanContext().traceId)).to.deep.equal(spans().map(() => traceId));
    const request = spans().find(({ name }) => name.startsWith('POST'));
    expect(request?.parentSpanContext?.spanId).to.equal('b7ad6b7169203331');
    expect(request?.attributes).to.include({ 'http.response.status_code': 200 });
    const children = spans().filter((span) => span !== request);
    for (const { parentSpanContext } of children) {
      expect(parentSpanContext?.spanId).to.equal(request?.spanContext().spanId);
    }
  });

  it('contains the whole of a streamed response', async () => {
    const { access } = await logInNewUser(app);
    exporter.reset();
    await app.ask('GET /api/v1/users/me/export', { token: access, headers });
    await until(() => names().some((name) => name.startsWith('GET')));
    expect(names()).to.include('postgresql audit_log/list_for_user');
    const request = spans().at(-1);
    expect(request?.name).to.equal('GET /api/v1/users/me/export');
    for (const span of spans().slice(0, -1)) {
      expect(span.parentSpanContext?.spanId).to.equal(request?.spanContext().spanId);
    }
  });

  it('starts a trace if the caller has none, and logs its id in the request line', async () => {
    const reply = await app.ask('GET /.well-known/jwks.json');
    const [, id] = /^00-([0-9a-f]{32})-/.exec(String(reply.headers.traceresponse)) ?? [];
    expect(id).to.not.equal(traceId);
    const line = app.logged().findLast(({ route }) => route === '/.well-known/jwks.json');
    expect(line?.traceId).to.equal(id);
    expect(await app.metrics.registry.metrics()).to.contain(`trace_id="${id}"`);
  });

  it('adds no exemplar for a trace that the caller does not sample', async () => {
    const unrecorded = 'b1946ac92492d2347c6235b4d2611184';
    await app.ask('GET /.well-known/jwks.json', {
      headers: { traceparent: `00-${unrecorded}-b7ad6b7169203331-00` },
    });
    expect(app.logged().findLast(({ route }) => route === '/.well-known/jwks.json')?.traceId).to.equal(
      unrecorded,
    );
    expect(await app.metrics.registry.metrics()).not.to.contain(unrecorded);
    expect(spans()).to.deep.equal([]);
  });

  it('records no input of a client, and names spans by route', async () => {
    const secret = 'S3cret-value-in-a-query';
    await app.ask(`GET /api/v1/health/ready?x=${secret}`, { headers });
    await app.ask(`POST /api/v1/auth/login?x=${secret}`, {
      body: { email: 'who@example.com', password: secret },
      headers,
    });
    const text = JSON.stringify(
      spans().map(({ name, attributes, status }) => ({ name, attributes, status })),
    );
    expect(text).not.to.contain(secret).and.not.to.contain('who@example.com');
    expect(names()).to.include('POST /api/v1/auth/login');
  });

  it('creates no span for health probes', async () => {
    await app.ask('GET /api/v1/health/ready');
    expect(names()).to.deep.equal([]);
  });
});

describe('tracing', () => {
  it('sends spans to the collector as OTLP over HTTP before it closes', async () => {
    const received: { url: string | undefined; body: string }[] = [];
    const collector = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      received.push({ url: request.url, body });
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    // A server that listens on a TCP port has an AddressInfo.
    const { port } = collector.address() as AddressInfo;
    const tracing = await openTracing({ endpoint: `http://127.0.0.1:${port}/`, version: '1.2.3' });
    await tracing.request(headers, async (span) => {
      await tracing.span('inner', {}, async () => undefined);
      span.finish('GET /x', {}, false);
    });
    await tracing.close();
    await new Promise((resolve) => collector.close(resolve));
    expect(received.map(({ url }) => url)).to.deep.equal(['/v1/traces']);
    expect(received[0]?.body).to.contain(traceId).and.to.contain('auth-service').and.to.contain('1.2.3');
  });

  it('samples and names the spans as the variables of OpenTelemetry say', async () => {
    const before = { ...process.env };
    const spansWith = async (variables: Record<string, string>) => {
      const exporter = new InMemorySpanExporter();
      try {
        Object.assign(process.env, variables);
        const processor = new SimpleSpanProcessor(exporter);
        const tracing = startTracing({ endpoint: 'http://localhost', version: '1', processor });
        await tracing.request({}, async (span) => span.finish('GET /x', {}, false));
        return exporter.getFinishedSpans();
      } finally {
        for (const name of Object.keys(variables))
          if (before[name] === undefined) delete process.env[name];
          else process.env[name] = before[name];
      }
    };
    const [span] = await spansWith({
      OTEL_SERVICE_NAME: 'auth-staging',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging,team=a%2Cb',
    });
    expect(span?.resource.attributes).to.include({
      'service.name': 'auth-staging',
      'service.version': '1',
      'deployment.environment.name': 'staging',
      team: 'a,b',
    });
    const sampler = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    expect(await spansWith(sampler)).to.deep.equal([]);
  });

  it('closes in time if the collector is unreachable', async () => {
    const tracing = await openTracing({ endpoint: 'http://127.0.0.1:1', version: '1' });
    await tracing.request({}, async (span) => span.finish('GET /x', {}, false));
    await tracing.close();
  });

  it('rethrows an error of the work', async () => {
    const tracing = await openTracing({ endpoint: 'http://127.0.0.1:1', version: '1' });
    const failing = tracing.request({}, () =>
      tracing.span('inner', {}, () => Promise.reject(new Error('from inside'))),
    );
    const error = await failing.catch((caught: unknown) => caught);
    expect(error).to.be.an('error').with.property('message', 'from inside');
    await tracing.close();
  });
});
