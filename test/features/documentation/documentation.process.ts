import type { Server } from 'node:http';
import { assert } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { AppError } from '../../../app/errors.ts';
import { createApp } from '../../../app/http/app.ts';
import type { Endpoint } from '../../../app/http/route/endpoint.ts';
import { closeServer, createApiServer, listen } from '../../../app/http/server/server.ts';
import { createLog } from '../../../app/observe/log.ts';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { chromiumPath, launchChromium } from '../../support/chromium.ts';
import { parse } from '../../support/configuration.ts';
import { noLimits, noStepUp } from '../../support/no-limits.ts';
import { createRouteTable } from '../../support/route-table.ts';

/** The documentation as the application serves it, between all its middleware, over no store at all. */
function serveDocumentation(): Server {
  const config = parse({ LOG_LEVEL: 'silent' });
  const log = createLog(config);
  const metrics = createMetrics('1.0.0');
  const app = createApp({
    config,
    endpoints: createRouteTable(),
    limits: noLimits,
    authenticate: async () => {
      throw new AppError('unauthorized');
    },
    stepUp: noStepUp,
    log,
    metrics,
  });
  return createApiServer(app, {
    config,
    isDraining: () => false,
    log,
    metrics,
  });
}

async function countOperations(origin: string): Promise<number> {
  const document = await (await fetch(`${origin}/api/v1/openapi.json`)).json();
  const { paths } = document as { paths: Record<string, object> }; // the document's own tests check its form
  return Object.values(paths).reduce((sum, item) => sum + Object.keys(item).length, 0);
}

describe('documentation', () => {
  let server: Server;
  let origin: string;

  before(async () => {
    server = serveDocumentation();
    origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  });
  after(() => closeServer(server, 0));

  describe('GET /api/v1/openapi.json', () => {
    it('is cacheable for five minutes', async () => {
      const reply = await fetch(`${origin}/api/v1/openapi.json`);
      assert.equal(reply.headers.get('cache-control'), 'public, max-age=300');
      assert.match(reply.headers.get('content-type') ?? '', /^application\/json/);
    });
  });

  describe('GET /api/v1/docs', () => {
    it('brings a policy of its own and keeps the other security headers', async () => {
      const { headers } = await fetch(`${origin}/api/v1/docs`);
      const policy = headers.get('content-security-policy') ?? '';
      assert.include(policy, "default-src 'none'");
      assert.include(policy, "script-src 'self';");
      assert.include(policy, "frame-ancestors 'none'");
      assert.notMatch(policy, /unsafe-eval|\*|https?:/);
      assert.equal(headers.get('x-frame-options'), 'DENY');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
    });

    it('has no inline script', async () => {
      const page = await (await fetch(`${origin}/api/v1/docs`)).text();
      assert.notMatch(page, /<script(?![^>]*\ssrc=)/);
    });

    it('serves all it refers to, from here and cacheable', async () => {
      const page = await (await fetch(`${origin}/api/v1/docs`)).text();
      const references = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(
        ([, reference]) => reference ?? '',
      );
      assert.lengthOf(references, 4);
      for (const reference of references) {
        assert.match(reference, /^\/api\/v1\/docs\//);
        const reply = await fetch(origin + reference);
        assert.equal(reply.status, 200, reference);
        assert.match(reply.headers.get('cache-control') ?? '', /^public, max-age=\d+$/, reference);
        assert.isAbove((await reply.arrayBuffer()).byteLength, 0, reference);
      }
    });

    it('answers HEAD without a body', async () => {
      for (const path of ['/api/v1/docs', '/api/v1/docs/swagger-ui-bundle.js', '/api/v1/openapi.json']) {
        const reply = await fetch(origin + path, { method: 'HEAD' });
        assert.equal(reply.status, 200, path);
        assert.equal(await reply.text(), '', path);
        assert.isAbove(Number(reply.headers.get('content-length')), 0, path);
      }
    });

    it('serves no other file of the package', async () => {
      const others = ['package.json', 'index.html', '', '..%2fpackage.json', 'swagger-ui-bundle.js.map'];
      for (const name of others)
        assert.equal((await fetch(`${origin}/api/v1/docs/${name}`)).status, 404, name);
    });
  });

  it('is one buffer for each document, however many clients ask at once', async () => {
    // The handlers of these endpoints use no part of the call.
    const call = {} as Parameters<Endpoint['handle']>[0];
    const endpoints = createRouteTable().filter(({ path }) => /openapi\.json|\/docs/.test(path));
    assert.lengthOf(endpoints, 6);
    for (const { path, handle } of endpoints) {
      const answers = await Promise.all([1, 2, 3].map(() => handle(call)));
      const bodies = new Set(answers.map(({ raw }) => raw?.body));
      assert.instanceOf([...bodies][0], Buffer, path);
      assert.equal(bodies.size, 1, path);
    }
  });

  describe('GET /api/v1/docs in Chromium', function () {
    this.timeout(60_000);
    let browser: Browser;
    let page: Page;
    const complaints: string[] = [];
    const requests: string[] = [];

    before(async function () {
      if (!chromiumPath) this.skip();
      browser = await launchChromium(chromiumPath);
      page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(`${origin}/api/v1/docs`);
      await page.locator('.opblock').first().waitFor();
    });
    after(() => browser?.close());

    it('shows every operation', async () => {
      assert.equal(await page.locator('.opblock').count(), await countOperations(origin));
    });

    it('calls an operation', async () => {
      const health = page.locator('#operations-health-getHealth');
      await health.locator('.opblock-summary-control').click();
      await health.getByRole('button', { name: 'Try it out' }).click();
      await health.getByRole('button', { name: 'Execute' }).click();
      const status = health.locator('.live-responses-table .response-col_status').nth(1);
      assert.match((await status.textContent()) ?? '', /^200/);
    });

    it('shows body, example and refusals of an operation', async () => {
      const register = page.locator('#operations-auth-postAuthRegister');
      await register.locator('.opblock-summary-control').click();
      await register.getByText('StrongPass123!').first().waitFor();
      await register.getByText('email_taken').first().waitFor();
    });

    it('asks nothing of any other origin', () => {
      const elsewhere = requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:'));
      assert.deepEqual(elsewhere, []);
      assert.isAbove(requests.length, 4);
    });

    it('never runs into its own policy', () => assert.deepEqual(complaints, []));
  });
});
