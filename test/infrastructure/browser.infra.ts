import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { z } from 'zod';
import { parseConfig } from '../../app/config/config.ts';
import { createApp } from '../../app/http/app.ts';
import { endpoint } from '../../app/http/route/endpoint.ts';
import { closeServer, createApiServer, listen } from '../../app/http/server/server.ts';
import { createLog } from '../../app/observe/log.ts';
import { createMetrics } from '../../app/observe/metrics.ts';
import { chromiumPath, launchChromium } from '../support/chromium.ts';
import { noLimits, noStepUp } from '../support/no-limits.ts';

const hello = endpoint(
  'POST /hello',
  { summary: 'Hello', access: 'open', body: z.strictObject({}), answers: {} },
  () => ({ data: 'hello', headers: { 'Content-Disposition': 'attachment; filename="hello.json"' } }),
);

/** As a single-page application with a tracing library calls the API. */
const call = `async (url) => {
  const headers = {
    'Content-Type': 'application/json;charset=utf8',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    tracestate: 'vendor=1',
    baggage: 'release=1',
    'sentry-trace': '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1',
  };
  try {
    const response = await fetch(url, { method: 'POST', headers, body: '{}', credentials: 'include' });
    const names = ['x-request-id', 'content-disposition'].filter((name) => response.headers.has(name));
    return [response.status, ...names].join(' ');
  } catch (error) {
    return error.name;
  }
}`;

describe('A page in Chromium', function () {
  this.timeout(120_000);
  let pages: Server;
  let api: Server;
  let browser: Browser | undefined;
  let pagePort: number;
  let url: string;

  before(async function () {
    if (!chromiumPath) {
      process.stderr.write('browser: SKIPPED, there is no Chromium on this machine\n');
      return this.skip();
    }
    pages = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<title>Page</title>');
    });
    pages.listen(0, '127.0.0.1');
    await once(pages, 'listening');
    // reason: a server that listens on a TCP port has an AddressInfo.
    pagePort = (pages.address() as AddressInfo).port;
    const origins = [`http://localhost:${pagePort}`, `http://*.app.localhost:${pagePort}`];
    const config = parseConfig({ ENV: 'test', CORS_ALLOWED_ORIGINS: JSON.stringify(origins) });
    const [log, metrics] = [createLog({ ...config, logLevel: 'silent' }), createMetrics('test')];
    const app = createApp({
      ...{ config, endpoints: [hello], limits: noLimits, log, metrics, stepUp: noStepUp },
      authenticate: async () => expect.fail('an open route asks nobody'),
    });
    api = createApiServer(app, { config, isDraining: () => false, log, metrics });
    url = `http://127.0.0.1:${await listen(api, 0, '127.0.0.1')}/hello`;
    browser = await launchChromium(chromiumPath);
  });
  after(async () => {
    await browser?.close();
    if (api) await closeServer(api, 0);
    if (pages) await closeServer(pages, 0);
  });

  /** What a page of this origin gets from the API. Chromium resolves every name below localhost to the loopback address. */
  async function callFrom(host: string): Promise<unknown> {
    const page = await browser?.newPage();
    await page?.goto(`http://${host}:${pagePort}/`);
    // The script runs in the page, where the types of Node.js do not apply.
    return page?.evaluate(`(${call})(${JSON.stringify(url)})`);
  }

  it('of a listed origin sends trace headers and reads the headers of the answer', async () => {
    expect(await callFrom('localhost')).to.equal('200 x-request-id content-disposition');
  });

  it('of an origin that a wildcard matches does so too', async () => {
    expect(await callFrom('pr-12.app.localhost')).to.equal('200 x-request-id content-disposition');
  });

  for (const host of [
    'app.localhost',
    'a.b.app.localhost',
    'evil-app.localhost',
    'pr-12.app.evil.localhost',
  ]) {
    it(`of ${host} reads nothing`, async () => {
      expect(await callFrom(host)).to.equal('TypeError');
    });
  }

  it('in a sandbox, whose origin is null, reads nothing', async () => {
    const page = await browser?.newPage();
    await page?.goto('data:text/html,<title>Page</title>');
    expect(await page?.evaluate(`(${call})(${JSON.stringify(url)})`)).to.equal('TypeError');
  });
});
