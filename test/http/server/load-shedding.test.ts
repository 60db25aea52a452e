import type { Server } from 'node:http';
import { expect } from 'chai';
import { z } from 'zod';
import { parseConfig } from '../../../app/config/config.ts';
import { AppError } from '../../../app/errors.ts';
import { createApp } from '../../../app/http/app.ts';
import { endpoint, type WorkQueue } from '../../../app/http/route/endpoint.ts';
import { closeServer, createApiServer, listen } from '../../../app/http/server/server.ts';
import { createLog } from '../../../app/observe/log.ts';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { series } from '../../support/exposition.ts';
import { noLimits, noStepUp } from '../../support/no-limits.ts';

const path = '/api/v1/auth/login';

describe('A request while the hash queue is full', () => {
  const lines: string[] = [];
  const metrics = createMetrics('test');
  let server: Server;
  let origin: string;
  let isFull = true;
  let isDraining = false;
  let handled = 0;

  before(async () => {
    const config = parseConfig({
      ENV: 'test',
      ALLOWED_HOSTS: '127.0.0.1',
      CORS_ALLOWED_ORIGINS: '["https://app.example.com"]',
      TRUSTED_PROXIES: '127.0.0.0/8',
    });
    const log = createLog(config, { write: (line) => void lines.push(line) });
    const queue: WorkQueue = {
      isFull: () => isFull,
      reject: () => new AppError('overloaded', { retryAfter: 1.2 }),
      run: async (_priority, work) => work(),
    };
    const hashing = endpoint(
      `POST ${path}`,
      {
        summary: 'Hash',
        access: 'open',
        objective: 'authentication',
        queue,
        body: z.strictObject({}),
        answers: {},
      },
      () => {
        handled += 1;
        return {};
      },
    );
    const app = createApp({
      config,
      endpoints: [hashing],
      limits: noLimits,
      authenticate: async () => expect.fail('an open route asks nobody'),
      stepUp: noStepUp,
      log,
      metrics,
    });
    server = createApiServer(app, { config, isDraining: () => isDraining, log, metrics });
    origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  });
  after(() => closeServer(server, 0));
  beforeEach(() => {
    isFull = true;
    isDraining = false;
    handled = 0;
    lines.length = 0;
  });

  async function ask(headers: Record<string, string> = {}) {
    const reply = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'request-0001', ...headers },
      body: '{}',
    });
    return { status: reply.status, headers: reply.headers, text: await reply.text() };
  }
  /** Failed authentications, and responses with 503 of the route, since the metrics were created. */
  async function counts(): Promise<number[]> {
    const all = await series(metrics);
    return [
      'http_requests_total{class="authentication",result="error"}',
      `http_request_duration_seconds_count{method="POST",route="${path}",status="503"}`,
    ].map((name) => all.get(name) ?? 0);
  }

  /** The line of the request, without what no two have in common. */
  function line() {
    const { time: _time, durationMs, ...rest } = JSON.parse(lines.at(-1) ?? '{}');
    expect(durationMs).to.be.a('number');
    return rest;
  }

  it('is refused in the same way before Koa and by all middleware', async () => {
    const before = await counts();
    const forwarded = { 'X-Forwarded-For': '198.51.100.7' };
    const short = await ask(forwarded);
    const shortLine = line();
    const long = await ask({ ...forwarded, Origin: 'https://app.example.com' });
    expect(short.text).to.equal(long.text);
    expect(JSON.parse(short.text)).to.include({
      status: 503,
      code: 'overloaded',
      request_id: 'request-0001',
    });
    expect(shortLine).to.deep.equal(line());
    expect(shortLine).to.include({ event: 'request', status: 503, code: 'overloaded', ip: '198.51.100.7' });
    for (const name of [
      'content-type',
      'retry-after',
      'x-request-id',
      'cache-control',
      'vary',
      'connection',
    ]) {
      expect(short.headers.get(name), name).to.equal(long.headers.get(name));
    }
    for (const name of ['strict-transport-security', 'x-content-type-options', 'x-frame-options']) {
      expect(short.headers.get(name), name).to.equal(long.headers.get(name));
    }
    expect(short.headers.get('retry-after')).to.equal('2');
    expect(short.headers.has('referrer-policy')).to.equal(false);
    expect([
      long.headers.get('access-control-allow-origin'),
      long.headers.has('referrer-policy'),
    ]).to.deep.equal(['https://app.example.com', true]);
    const counted = await counts();
    expect(counted.map((count, index) => count - (before[index] ?? 0))).to.deep.equal([2, 2]);
  });

  it('is refused for its Host when that is not allowed', async () => {
    const { port } = new URL(origin);
    const reply = await fetch(`http://localhost:${port}${path}`, { method: 'POST' });
    expect([reply.status, await reply.text()].join(' ')).to.match(/^400 .*"code":"host_not_allowed"/);
  });

  it('is refused with Connection: close when the process is draining', async () => {
    isDraining = true;
    const { status, headers } = await ask();
    expect([status, headers.get('connection'), headers.get('retry-after')]).to.deep.equal([
      503,
      'close',
      '2',
    ]);
  });

  it('keeps its connection, on which a later request is served', async () => {
    for (let n = 0; n < 5; n += 1) expect((await ask()).status).to.equal(503);
    isFull = false;
    expect((await ask()).status).to.equal(204);
    expect(handled).to.equal(1);
  });
});
