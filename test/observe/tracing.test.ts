import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { openTracing } from '../../app/observe/open-tracing.ts';
import { startTracing } from '../../app/observe/otlp.ts';
import { storeSpans } from '../../app/observe/tracing.ts';
import { instrumentDatabase } from '../../app/store/postgres/instrumented-database.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { onOneStore } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { logInNewUser, registerUser } from '../support/users.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const token = 'a'.repeat(32);
const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };

onOneStore('a traced service', (stores) => {
  const exporter = new InMemorySpanExporter();
  let app: TestApp;

  before(async () => {
    const processor = new SimpleSpanProcessor(exporter);
    const tracing = startTracing({ endpoint: 'http://localhost', version: 'test', processor });
    const database = instrumentDatabase(stores().database, storeSpans(tracing).query);
    const variables = { METRICS_TOKEN: token };
    app = await startApp({ ...stores(), database, replica: database }, variables, tracing);
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
    expect(names()).to.include.members(['POST /api/v1/auth/login', 'users/find_by_email', 'argon2 verify']);
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
    expect(names()).to.include('audit_log/list_for_user');
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

  it('does not obey a caller that wants no trace, and continues its trace all the same', async () => {
    const id = 'b1946ac92492d2347c6235b4d2611184';
    const reply = await app.ask('GET /.well-known/jwks.json', {
      headers: { traceparent: `00-${id}-b7ad6b7169203331-00` },
    });
    expect(reply.headers.traceresponse).to.match(new RegExp(`^00-${id}-[0-9a-f]{16}-01$`));
    expect(names()).to.include('GET /.well-known/jwks.json');
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

  it('creates no span for health probes and scrapes', async () => {
    await app.ask('GET /api/v1/health/ready');
    await app.ask('GET /metrics', { token });
    expect(names()).to.deep.equal([]);
  });
});

onOneStore('a service that samples little', (stores) => {
  const exporter = new InMemorySpanExporter();
  beforeEach(() => exporter.reset());
  const id = 'b1946ac92492d2347c6235b4d2611185';
  const traceparent = `00-${id}-b7ad6b7169203331-01`;

  async function ask(variables: Record<string, string>) {
    const processor = new SimpleSpanProcessor(exporter);
    const sampler = 'parentbased_always_off';
    const tracing = startTracing({ endpoint: 'http://localhost', version: 'test', sampler, processor });
    const app = await startApp(stores(), variables, tracing);
    const reply = await app.ask('GET /.well-known/jwks.json', { headers: { traceparent }, direct: true });
    const line = app.logged().findLast(({ route }) => route === '/.well-known/jwks.json');
    const metrics = await app.metrics.registry.metrics();
    await app.close();
    return { response: reply.headers.traceresponse, traceId: line?.traceId, metrics };
  }

  it('is not forced by a client to record a trace, and logs the id of its trace', async () => {
    const { metrics, response, traceId: logged } = await ask({ TRUSTED_PROXIES: '127.0.0.1' });
    expect(exporter.getFinishedSpans()).to.deep.equal([]);
    expect(response).to.match(new RegExp(`^00-${id}-[0-9a-f]{16}-00$`));
    expect(logged).to.equal(id);
    expect(metrics).not.to.contain('trace_id');
  });

  it('records what a trusted proxy records, with TRUST_TRACEPARENT', async () => {
    await ask({ TRUSTED_PROXIES: '127.0.0.1', TRUST_TRACEPARENT: 'on' });
    expect(exporter.getFinishedSpans().map((span) => span.spanContext().traceId)).to.deep.equal([id]);
  });

  it('does not trust a peer that is no trusted proxy', async () => {
    await ask({ TRUSTED_PROXIES: '192.0.2.1', TRUST_TRACEPARENT: 'on' });
    expect(exporter.getFinishedSpans()).to.deep.equal([]);
  });
});

const stranger = { headers: {}, isTrusted: false };

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
    await tracing.request({ headers, isTrusted: false }, async (span) => {
      await tracing.span('hash', 'argon2 hash', {}, async () => undefined);
      span.finish('GET /x', {}, false);
    });
    await tracing.close();
    await new Promise((resolve) => collector.close(resolve));
    expect(received.map(({ url }) => url)).to.deep.equal(['/v1/traces']);
    expect(received[0]?.body).to.contain(traceId).and.to.contain('auth-service').and.to.contain('1.2.3');
  });

  it('names the service as the variables of OpenTelemetry say', async () => {
    const before = { ...process.env };
    const spansWith = async (variables: Record<string, string>) => {
      const exporter = new InMemorySpanExporter();
      try {
        Object.assign(process.env, variables);
        const processor = new SimpleSpanProcessor(exporter);
        const tracing = startTracing({ endpoint: 'http://localhost', version: '1', processor });
        await tracing.request(stranger, async (span) => span.finish('GET /x', {}, false));
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
    // "OTEL_SERVICE_NAME takes precedence over service.name in OTEL_RESOURCE_ATTRIBUTES."
    const [named] = await spansWith({
      OTEL_SERVICE_NAME: 'from-the-name',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=from-the-attributes,service.version=2',
    });
    expect(named?.resource.attributes).to.include({
      'service.name': 'from-the-name',
      'service.version': '2',
    });
    const [attributed] = await spansWith({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=auth%20%C3%A9' });
    expect(attributed?.resource.attributes).to.include({ 'service.name': 'auth é', 'service.version': '1' });
  });

  it('closes in time if the collector is unreachable', async () => {
    const tracing = await openTracing({ endpoint: 'http://127.0.0.1:1', version: '1' });
    await tracing.request(stranger, async (span) => span.finish('GET /x', {}, false));
    await tracing.close();
  });

  it('rethrows an error of the work', async () => {
    const tracing = await openTracing({ endpoint: 'http://127.0.0.1:1', version: '1' });
    const failing = tracing.request(stranger, () =>
      tracing.span('hash', 'argon2 hash', {}, () => Promise.reject(new Error('from inside'))),
    );
    const error = await failing.catch((caught: unknown) => caught);
    expect(error).to.be.an('error').with.property('message', 'from inside');
    await tracing.close();
  });
});
