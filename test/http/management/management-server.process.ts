import { createServer, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type ManagementLimits, managementLimits } from '../../../app/http/management/limits.ts';
import { startManagementServer } from '../../../app/http/management/management-server.ts';
import { listen } from '../../../app/http/server/server.ts';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { askWhileBlocked } from '../../support/blocked-thread.ts';
import { until } from '../../support/until.ts';

describe('The management listener', () => {
  const metrics = createMetrics('test');
  const ready = { status: 'ready', checks: { postgres: 'up', draining: false } } as const;
  let server: Awaited<ReturnType<typeof startManagementServer>>;
  let url: string;
  async function start(limits: Partial<ManagementLimits> = {}) {
    server = await startManagementServer({
      ...{ host: '127.0.0.1', port: 0, metrics },
      limits: { ...managementLimits, ...limits },
    });
    url = `http://127.0.0.1:${server.port}`;
  }
  async function ask(path: string, method = 'GET') {
    const response = await fetch(`${url}${path}`, { method });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
  /** Everything that the listener sends before the connection ends, which a reset may shorten. */
  function exchange(request: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(request));
      let text = '';
      socket.setEncoding('latin1').on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', () => undefined).once('close', () => resolve(text));
    });
  }
  const status = async (path: string): Promise<number> => (await ask(path)).status;

  describe('before it knows the state of the stores', () => {
    before(() => start());
    after(() => server.close());

    it('serves the metrics of the main thread', async () => {
      const reply = await ask('/metrics');
      expect([reply.status, reply.headers.get('content-type')]).to.deep.equal([
        200,
        'text/plain; version=0.0.4; charset=utf-8',
      ]);
      expect(reply.text).to.contain('auth_build_info{version="test"} 1').and.not.to.contain('# EOF');
    });

    it('serves the format and the encoding that the scraper prefers, also in several header lines', async () => {
      const text = await exchange(
        'GET /metrics HTTP/1.1\r\nACCEPT:\ttext/plain;q=0.1\r\naccept: application/openmetrics-text \r\n\r\nAccept: text/plain',
      );
      expect(text)
        .to.contain('Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n')
        .and.to.contain('Vary: Accept, Accept-Encoding\r\n')
        .and.to.match(/# EOF\n$/);
      const [response, body] = await new Promise<[IncomingMessage, Buffer]>((resolve) => {
        get(`${url}/metrics`, { headers: { 'Accept-Encoding': 'gzip' } }, async (answer) => {
          resolve([answer, Buffer.concat(await answer.toArray())]);
        });
      });
      expect(response.headers).to.include({
        'content-encoding': 'gzip',
        'content-length': String(body.length),
      });
      expect(gunzipSync(body).toString()).to.contain('auth_build_info{version="test"} 1\n');
    });

    it('answers HEAD as GET, without the body', async () => {
      for (const path of ['/livez', '/readyz', '/metrics']) {
        const [head, get] = [await ask(path, 'HEAD'), await ask(path)];
        expect([head.status, head.text]).to.deep.equal([get.status, '']);
        expect(Number(head.headers.get('content-length'))).to.be.greaterThan(0);
      }
    });

    it('answers every other path and method with 404', async () => {
      for (const path of ['/', '/livez/', '/api/v1/health', '/constructor']) {
        expect([path, await status(path)]).to.deep.equal([path, 404]);
      }
      expect((await ask('/livez', 'POST')).status).to.equal(404);
    });

    it('does not start on a port that is taken, with the error of the listener', async () => {
      const taken = { host: '127.0.0.1', port: server.port, metrics };
      const error = await startManagementServer(taken).catch((reason) => reason);
      const api = createServer();
      const same = await listen(api, server.port, '127.0.0.1').catch((reason) => reason);
      expect(error).to.be.instanceOf(Error);
      expect([error.code, error.message]).to.deep.equal([same.code, same.message]);
    });

    it('serves one request for each connection, whatever a client pipelines', async () => {
      const text = await exchange('GET /livez HTTP/1.1\r\n\r\n'.repeat(2_000));
      expect(text.match(/HTTP\/1\.1 /g)?.length ?? 0).to.be.at.most(1);
      expect((await ask('/livez')).headers.get('connection')).to.equal('close');
    });

    it('answers a request that is not HTTP/1 with 400, and closes the connection of one that is too large', async () => {
      expect(await exchange('nonsense\r\n\r\n')).to.match(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(await exchange('GET /livez HTTP/2.0\r\n\r\n')).to.match(/^HTTP\/1\.1 400 /);
      expect(await exchange(`GET /livez HTTP/1.1\r\nX: ${'x'.repeat(9_000)}`)).not.to.contain(' 200 ');
    });
  });

  describe('with a state or limits of its own', () => {
    afterEach(() => server.close());

    it('is live, and ready when the main thread has said so, and no longer when it drains', async () => {
      await start();
      expect([await status('/livez'), await status('/readyz')]).to.deep.equal([200, 503]);
      server.publish(ready);
      await until(async () => (await status('/readyz')) === 200);
      expect(await ask('/readyz')).to.include({ status: 200, text: JSON.stringify(ready) });
      const draining = { status: 'not_ready', checks: { ...ready.checks, draining: true } } as const;
      server.publish(draining);
      await until(async () => (await status('/readyz')) === 503);
      expect(await ask('/readyz')).to.include({ status: 503, text: JSON.stringify(draining) });
      expect(await status('/livez')).to.equal(200);
    });

    it('answers both probes while the main thread is blocked', async () => {
      await start();
      server.publish(ready);
      expect(JSON.parse(await askWhileBlocked(`${url}/livez`, 200)).status).to.equal('live');
      expect(await askWhileBlocked(`${url}/readyz`, 200)).to.equal(JSON.stringify(ready));
    });

    it('is not live any more when the main thread is blocked for too long, until it continues', async () => {
      await start({ heartbeat: 10, unresponsive: 50 });
      const body = JSON.parse(await askWhileBlocked(`${url}/livez`, 503));
      expect(body.status).to.equal('main_thread_blocked');
      await until(async () => (await status('/livez')) === 200);
    });

    it('is not ready any more when the main thread checks nothing for too long', async () => {
      await start({ heartbeat: 10, readinessAge: 50 });
      server.publish(ready);
      await until(async () => 'seconds_since_checks' in JSON.parse((await ask('/readyz')).text));
      expect(JSON.parse((await ask('/readyz')).text)).to.deep.include({ ...ready, status: 'not_ready' });
    });

    it('answers a scrape with 503 when the main thread is blocked for longer than the deadline', async () => {
      await start({ metricsDeadline: 50 });
      expect(await askWhileBlocked(`${url}/metrics`, 503)).to.contain('did not answer in time');
      await until(async () => (await status('/metrics')) === 200);
    });

    it('answers a scrape with 500 when the metrics cannot be rendered', async () => {
      const failing = createMetrics('test');
      failing.registry.metrics = () => Promise.reject(new Error('a collector failed'));
      server = await startManagementServer({ host: '127.0.0.1', port: 0, metrics: failing });
      url = `http://127.0.0.1:${server.port}`;
      expect(await status('/metrics')).to.equal(500);
    });
  });
});
