import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { endpoint } from '../../../app/http/route/endpoint.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';
import { until } from '../../support/until.ts';

describe('The log of probes', () => {
  let served: Awaited<ReturnType<typeof serveEndpoints>>;
  let status = 200;
  before(async () => {
    const answer = () => ({ status, raw: { type: 'application/json', body: '{}' } });
    const spec = { summary: 'Answers', access: 'open', answers: {} } as const;
    served = await serveEndpoints([
      endpoint('GET /ready', { ...spec, audience: 'probe' }, answer),
      endpoint('GET /live', { ...spec, audience: 'probe' }, answer),
      endpoint('GET /silent', { ...spec, audience: 'probe' }, () => new Promise(() => undefined)),
      endpoint('GET /metrics', { ...spec, audience: 'monitoring' }, answer),
      endpoint('GET /page', spec, answer),
    ]);
  });
  after(() => served.close());
  beforeEach(() => {
    status = 200;
    served.lines.length = 0;
  });

  const ask = (path: string) => fetch(`http://127.0.0.1:${served.port}${path}`).then((reply) => reply.text());

  /** The lines so far. A request that is always logged comes last, so no earlier line can follow. */
  async function logged(): Promise<unknown[]> {
    status = 200;
    await ask('/page');
    await until(() => served.lines.at(-1)?.route === '/page');
    return served.lines.slice(0, -1).map(({ level, route, status }) => [level, route, status]);
  }

  it('has no line at the level info while probes and scrapes succeed', async () => {
    for (let n = 0; n < 20; n += 1) for (const path of ['/ready', '/live', '/metrics']) await ask(path);
    expect(await logged()).to.deep.equal([]);
  });

  it('has one line for the first failure of a probe, and one for the next success', async () => {
    await ask('/ready');
    status = 503;
    for (let n = 0; n < 5; n += 1) await ask('/ready');
    await ask('/live');
    status = 200;
    for (let n = 0; n < 5; n += 1) await ask('/ready');
    await ask('/live');
    expect(await logged()).to.deep.equal([
      ['warn', '/ready', 503],
      ['warn', '/live', 503],
      ['info', '/ready', 200],
      ['info', '/live', 200],
    ]);
  });

  it('has one line for probes that get no answer in time', async () => {
    for (let n = 0; n < 3; n += 1) {
      const socket = connect(served.port, '127.0.0.1');
      await once(socket, 'connect');
      const before = await inFlight();
      socket.write('GET /silent HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await until(async () => (await inFlight()) > before);
      socket.destroy();
      await until(async () => (await inFlight()) === before);
    }
    expect(await logged()).to.deep.equal([['warn', '/silent', 499]]);
  });

  it('has a line for each scrape that is refused or fails', async () => {
    status = 503;
    for (let n = 0; n < 2; n += 1) await ask('/metrics');
    expect(await logged()).to.deep.equal([
      ['warn', '/metrics', 503],
      ['warn', '/metrics', 503],
    ]);
  });

  async function inFlight(): Promise<number> {
    const { values } = await served.metrics.requestsInFlight.get();
    return values[0]?.value ?? 0;
  }
});
