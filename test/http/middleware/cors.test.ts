import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import { cors } from '../../../app/http/middleware/cors.ts';
import { responseHeaders } from '../../../app/http/openapi/responses.ts';

const app = 'https://app.example.com';
const capacitor = 'capacitor://localhost';

/** The headers of the answer that a service with these origins gives. */
async function ask(origins: readonly string[], method: string, headers: Record<string, string>) {
  const koa = new Koa().use(cors(origins) as Koa.Middleware).use((ctx) => {
    ctx.status = 204;
  });
  const server = koa.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const options = { port, host: '127.0.0.1', method, headers, agent: false };
    return await new Promise<Record<string, unknown>>((resolve, reject) => {
      const sent = request(options, (response) => resolve({ ...response.resume().headers }));
      sent.once('error', reject).end();
    });
  } finally {
    server.close();
  }
}

const preflight = (origins: readonly string[], Origin: string, more: Record<string, string> = {}) =>
  ask(origins, 'OPTIONS', { Origin, 'Access-Control-Request-Method': 'POST', ...more });

const items = (header: unknown): string[] => String(header).toLowerCase().split(/, */);

describe('CORS', () => {
  it('lets pages send the headers of every usual tracing library', async () => {
    const { 'access-control-allow-headers': allowed } = await preflight([app], app);
    expect(items(allowed)).to.include.members([
      ...['authorization', 'content-type', 'x-request-id', 'x-requested-with'],
      ...['traceparent', 'tracestate', 'baggage', 'sentry-trace'],
      ...['b3', 'x-b3-traceid', 'x-datadog-trace-id', 'newrelic', 'request-id', 'uber-trace-id'],
    ]);
  });

  it('lets pages read every header that the OpenAPI document describes, the file name and the trace', async () => {
    const { 'access-control-expose-headers': exposed } = await ask([app], 'GET', { Origin: app });
    const described = Object.keys(responseHeaders).map((name) => name.toLowerCase());
    expect(items(exposed)).to.include.members([
      ...described,
      'content-disposition',
      'traceresponse',
      'allow',
    ]);
  });

  it('answers apps and extensions by their own origin', async () => {
    const { 'access-control-allow-origin': origin } = await preflight([app, capacitor], capacitor);
    expect(origin).to.equal(capacitor);
  });

  it('answers a matching wildcard with the origin that asked', async () => {
    const wildcards = ['https://*.example.com'];
    expect(await preflight(wildcards, app)).to.include({
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
    });
    const evil = await preflight(wildcards, 'https://evil-example.com');
    expect(evil).not.to.have.property('access-control-allow-origin');
  });

  it('never answers the origin null, which every sandboxed frame has', async () => {
    expect(await preflight([app], 'null')).not.to.have.property('access-control-allow-origin');
  });

  it('lets listed pages reach a service in a private network, and with * none', async () => {
    const asks = { 'Access-Control-Request-Private-Network': 'true' };
    const header = 'access-control-allow-private-network';
    expect(await preflight([app], app, asks)).to.have.property(header, 'true');
    expect(await preflight([app], 'https://evil.test', asks)).not.to.have.property(header);
    expect(await preflight(['*'], app, asks)).not.to.have.property(header);
  });

  it('says Vary: Origin on every answer, so that no cache gives the answer to another origin', async () => {
    const answers = [
      await ask([app], 'GET', {}),
      await ask([app], 'GET', { Origin: app }),
      await ask([app], 'GET', { Origin: 'https://evil.test' }),
      await preflight([app], app),
      await preflight([app], 'https://evil.test'),
    ];
    for (const { vary } of answers) expect(items(vary)).to.include('origin');
  });
});
