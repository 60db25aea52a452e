import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startManagementServer } from '../../app/http/management/management-server.ts';
import { listen } from '../../app/http/server/server.ts';
import { createMetrics } from '../../app/observe/metrics.ts';
import { startPrometheus } from '../../tools/observability/prometheus.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { needs, toolPath } from '../support/debian-tool.ts';
import { until } from '../support/until.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

/**
 * Passes scrapes on to a listener, and records the header fields of the answers.
 * @param accept replaces what Prometheus sends
 */
async function startRelay(port: number, accept: string | null) {
  const answers: IncomingHttpHeaders[] = [];
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, ...(accept && { accept }) };
    request({ host: '127.0.0.1', port, path: incoming.url, headers }, (answer) => {
      answers.push(answer.headers);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    }).end();
  });
  return { port: await listen(server, 0, '127.0.0.1'), answers, server };
}

(toolPath('prometheus') ? describe : describe.skip)(
  needs('prometheus', 'a real Prometheus scrapes the service with exemplars'),
  function () {
    this.timeout(60_000);
    const cleanup = createCleanup();
    let folder: string;
    let port: number;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'scrape-'));
      cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
      const metrics = createMetrics('1.2.3', () => traceId);
      metrics.hashDuration.observe(0.03);
      metrics.logins.inc({ outcome: 'success', reason: 'none' }, 3);
      const server = await startManagementServer({ host: '127.0.0.1', port: 0, metrics });
      cleanup.add(() => server.close());
      port = server.port;
    });
    after(() => cleanup.run());

    for (const [format, accept, type, exemplars] of [
      ['OpenMetrics, for which it asks', null, /^application\/openmetrics-text; version=1\.0\.0/, 1],
      ['the text format', 'text/plain;version=0.0.4;q=0.9,*/*;q=0.1', /^text\/plain; version=0\.0\.4/, 0],
    ] as const) {
      it(`in ${format}, compressed`, async () => {
        const relay = await startRelay(port, accept);
        cleanup.add(() => void relay.server.close());
        const prometheus = await startPrometheus({
          folder: mkdtempSync(join(folder, 'one-')),
          ...{ cleanup, metricsPort: relay.port, groups: [] },
        });
        const value = async (query: string) => (await prometheus.query(query))[0]?.values[0]?.[1];
        await until(async () => (await value('up')) === 1, 30_000);
        expect(relay.answers[0]?.['content-type']).to.match(type);
        expect(relay.answers[0]?.['content-encoding']).to.equal('gzip');
        expect(await value('auth_build_info{version="1.2.3"}')).to.equal(1);
        expect(await value('auth_logins_total{outcome="success"}')).to.equal(3);
        expect(await value('auth_hash_duration_seconds_bucket{le="0.05"}')).to.equal(1);
        const url = `${prometheus.url}/api/v1/query_exemplars?query=auth_hash_duration_seconds_bucket`;
        const window = `&start=${Date.now() / 1000 - 60}&end=${Date.now() / 1000 + 1}`;
        // reason: the HTTP API of Prometheus is documented and stable.
        const found = (await (await fetch(url + window)).json()) as { data: unknown[] };
        expect(found.data).to.have.length(exemplars);
      });
    }
  },
);
