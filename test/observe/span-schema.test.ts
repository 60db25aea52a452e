import { request as send } from 'node:http';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import * as conventions from '@opentelemetry/semantic-conventions';
import { expect } from 'chai';
import { AppError } from '../../app/errors.ts';
import { startTracing } from '../../app/observe/otlp.ts';
import { type SpanType, spanTypes } from '../../app/observe/span-schema.ts';
import { noStoreObserver } from '../../app/observe/store-observer.ts';
import { storeSpans } from '../../app/observe/tracing.ts';
import { instrumentDatabase } from '../../app/store/postgres/instrumented-database.ts';
import { createRedisClient } from '../../app/store/redis/ioredis-client.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { onOneStore, silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { logInNewUser, newUserFields } from '../support/users.ts';

const types: readonly SpanType[] = Object.values(spanTypes);

/** What the tables do not say: which values an attribute has. */
const values: Readonly<Record<string, RegExp>> = {
  'http.request.method': /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|_OTHER)$/,
  'url.scheme': /^https?$/,
  'url.path': /^\/[^?#]*$/,
  'http.route': /^\/[\w./:-]*$/,
  'http.response.status_code': /^[1-5]\d\d$/,
  'network.protocol.version': /^1\.[01]$/,
  'server.port': /^\d{1,5}$/,
  'server.address': /^[\w.-]+$/,
  'db.system.name': /^(postgresql|redis)$/,
  'db.query.summary': /^[a-z_]+\/[a-z_]+$/,
  'db.operation.name': /^[A-Z]+$/,
  'db.response.status_code': /^[0-9A-Z]{5}$/,
  'error.type': /^[A-Za-z0-9_]+$/,
};

function typeOf({ attributes, kind }: ReadableSpan): SpanType | undefined {
  if (kind !== SpanKind.CLIENT) return types.find((type) => SpanKind[type.kind] === kind);
  const byDatabase: Readonly<Record<string, SpanType>> = {
    postgresql: spanTypes.query,
    redis: spanTypes.command,
  };
  return byDatabase[String(attributes['db.system.name'])];
}

/** The name that the attributes give a span. The convention for an unusual method is HTTP. */
function isNamed({ attributes, name }: ReadableSpan, type: SpanType): boolean {
  if (type === spanTypes.hash) return ['argon2 hash', 'argon2 verify'].includes(name);
  const filled = type.name.replace(/{([^}]+)}/g, (_, key: string) => String(attributes[key] ?? ''));
  return name === filled.replace(/^_OTHER/, 'HTTP').trim();
}

/** Every difference of a span to its table. */
function faultsOf(span: ReadableSpan): string[] {
  const type = typeOf(span);
  if (!type) return [`${span.name}: no type of span`];
  const missing = Object.entries(type.attributes)
    .filter(([name, { isRequired }]) => isRequired && span.attributes[name] === undefined)
    .map(([name]) => `${name} is missing`);
  const wrong = Object.entries(span.attributes).flatMap(([name, value]) => {
    const documented = type.attributes[name];
    if (!documented) return [`${name} is not documented`];
    const isRight = typeof value === documented.type && values[name]?.test(String(value));
    return isRight ? [] : [`${name} is ${value}`];
  });
  const isFailed = span.status.code === SpanStatusCode.ERROR;
  const error =
    isFailed === (span.attributes['error.type'] !== undefined) ? [] : ['error.type and the status differ'];
  const events = span.events.length > 0 ? ['has events'] : [];
  const name = isNamed(span, type) ? [] : ['another name'];
  return [...missing, ...wrong, ...error, ...events, ...name].map((fault) => `${span.name}: ${fault}`);
}

describe('The table of spans', () => {
  it('uses attributes of the stable semantic conventions only', () => {
    const stable = Object.entries(conventions).flatMap(([key, value]) => (/^ATTR_/.test(key) ? [value] : []));
    expect(stable).to.include('http.request.method');
    for (const { attributes } of types) expect(stable).to.include.members(Object.keys(attributes));
  });

  it('has every attribute that the conventions require of an HTTP server and of a database client', () => {
    const required = ({ attributes }: SpanType): string[] =>
      Object.entries(attributes).flatMap(([name, { isRequired }]) => (isRequired ? [name] : []));
    // https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
    expect(required(spanTypes.request)).to.include.members([
      conventions.ATTR_HTTP_REQUEST_METHOD,
      conventions.ATTR_URL_PATH,
      conventions.ATTR_URL_SCHEME,
    ]);
    for (const type of [spanTypes.query, spanTypes.command])
      expect(required(type)).to.include(conventions.ATTR_DB_SYSTEM_NAME);
  });
});

onOneStore('The spans of a running service', (stores) => {
  const exporter = new InMemorySpanExporter();
  const tracing = startTracing({
    endpoint: 'http://localhost',
    version: 'test',
    processor: new SimpleSpanProcessor(exporter),
  });
  const spans = () => exporter.getFinishedSpans();
  let app: TestApp;
  let close: () => Promise<void> = async () => undefined;

  before(async () => {
    const { command, query } = storeSpans(tracing);
    const database = instrumentDatabase(stores().database, query);
    const url = stores().redisUrl;
    const observer = { ...noStoreObserver, command };
    const redis = url
      ? await createRedisClient({ url, log: silentLog, keyPrefix: 'auth-test-spans:', observer })
      : stores().redis;
    if (url) close = redis.close;
    app = await startApp({ ...stores(), database, replica: database, redis }, {}, tracing);
  });
  beforeEach(() => exporter.reset());
  after(async () => {
    await app.close();
    await close();
  });

  /** A request that no client library would send. */
  const sendRaw = (method: string, path: string): Promise<void> =>
    new Promise((resolve, reject) => {
      send({ port: app.port, host: '127.0.0.1', method, path }, (reply) =>
        reply.resume().once('end', resolve),
      )
        .once('error', reject)
        .end();
    });
  const requestSpan = async (): Promise<ReadableSpan | undefined> => {
    await until(() => spans().some(({ kind }) => kind === SpanKind.SERVER));
    return spans().find(({ kind }) => kind === SpanKind.SERVER);
  };

  it('are those of the table, for successes, refusals and nonsense', async () => {
    const user = await logInNewUser(app);
    await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token: user.refresh } });
    await app.ask('GET /api/v1/users/me', { token: user.access });
    await app.ask('POST /api/v1/auth/login', { body: newUserFields() });
    await app.ask('POST /api/v1/auth/login', { raw: '{' });
    await app.ask('DELETE /api/v1/users/me/sessions/0af76519-16cd-43dd-8448-eb211c80319c', {
      token: user.access,
    });
    await app.ask('GET /nothing-here');
    await sendRaw('PROPFIND', '/api/v1/users/me');
    await sendRaw('GET', '//x/../%2e%2e/?a=b');
    const isWhole = () => spans().filter(({ kind }) => kind === SpanKind.SERVER).length >= 9;
    await until(isWhole);
    expect(spans().flatMap(faultsOf)).to.deep.equal([]);
    const seen = new Set(spans().map(typeOf));
    expect([...seen]).to.include.members([spanTypes.request, spanTypes.query, spanTypes.hash]);
    if (stores().redisUrl) expect(seen).to.include(spanTypes.command);
  });

  it('have a path without ids, query and tokens, and the server that the client has asked', async () => {
    const { access } = await logInNewUser(app);
    for (const [asked, path] of [
      ['/api/v1/users/me/sessions/not-an-id?a=b', '/api/v1/users/me/sessions/*'],
      ['/orders/17/alice@example.com?token=x', '/orders/*/*'],
      ['/api/v1/auth/verify/orders/17', '/api/v1/auth/verify'],
    ] as const) {
      exporter.reset();
      await app.ask(`${asked.includes('sessions') ? 'DELETE' : 'GET'} ${asked}`, {
        token: access,
        headers: { Host: 'localhost:8443' },
        direct: true,
      });
      const span = await requestSpan();
      expect(String(span?.attributes['url.path'])).to.match(new RegExp(`^${path.replaceAll('*', '\\*')}`));
      expect(span?.attributes).to.include({ 'server.address': 'localhost', 'server.port': 8443 });
    }
  });

  it('show an error by its code, and by the SQLSTATE of Postgres', async () => {
    const cause = Object.assign(new Error('terminating connection: who@example.com'), { code: '57P01' });
    const failing = storeSpans(tracing);
    const error = new AppError('service_unavailable', { cause });
    await tracing.request({ headers: {}, isTrusted: false }, async (span) => {
      await failing.query('users/find_by_id', () => Promise.reject(error)).catch(() => undefined);
      await failing.command('get', () => Promise.reject(new TypeError('key'))).catch(() => undefined);
      span.finish('GET', { 'error.type': 'service_unavailable' }, true);
    });
    const [query, command] = spans();
    expect(query?.attributes).to.include({
      'db.response.status_code': '57P01',
      'error.type': 'service_unavailable',
    });
    expect(command?.attributes['error.type']).to.equal('TypeError');
    expect([query, command].flatMap((span) => (span ? faultsOf(span) : ['missing']))).to.deep.equal([]);
    expect(JSON.stringify(spans().map(({ attributes, status }) => [attributes, status]))).not.to.contain(
      'who@',
    );
  });
});
