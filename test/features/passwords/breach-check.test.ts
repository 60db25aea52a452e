import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { createBreachCheck } from '../../../app/features/passwords/breach-check.ts';
import { createMetrics, type Metrics } from '../../../app/observe/metrics.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import { series } from '../../support/exposition.ts';
import { recordingLog } from '../../support/keys.ts';
import { type RangeServer, rangeOf, rangeWith, startRangeServer } from '../../support/range-server.ts';
import { somewhere } from '../../support/somewhere.ts';
import { silentLog } from '../../support/stores.ts';

const password = 'a phrase that was stolen';

describe('The check for breached passwords', () => {
  const clock = useMonotonicClock({ isFrozen: true });
  let server: RangeServer;
  let metrics: Metrics;
  before(async () => {
    server = await startRangeServer();
  });
  beforeEach(() => {
    metrics = createMetrics('test');
  });
  after(() => server.close());

  /** @param deadline so long by default that a busy machine fails no test */
  function createCheck(url = server.url, deadline: number | undefined = 10_000) {
    const { log, lines } = recordingLog();
    return { isBreached: createBreachCheck({ url, log, metrics, deadline }), lines };
  }

  async function counted(): Promise<Record<string, number>> {
    const all = await series(metrics);
    const results = ['clear', 'breached', 'failed', 'skipped'];
    const values = results.map((result) => [
      result,
      all.get(`auth_password_breach_checks_total{result="${result}"}`) ?? Number.NaN,
    ]);
    return Object.fromEntries(values.filter(([, value]) => value !== 0));
  }

  it('sends five digits of the hash and nothing else of the password', async () => {
    server.answerWith((_request, response) => {
      // SHA-1 of `password`, as the documentation of the protocol gives it.
      response.end('1D72CD07550416C216D8AD296BF5C0AE8E0:10\r\n1E4C9B93F3F0682250B6CF8331B7EE68FD8:3861493');
    });
    expect(await createCheck().isBreached('password')).to.equal(true);
    expect(server.asked).to.have.length(1);
    const [{ path, headers } = { path: '', headers: {} }] = server.asked;
    expect(path).to.equal('/range/5BAA6');
    expect(headers).to.include({ 'add-padding': 'true', 'user-agent': 'auth-service' });
    expect(JSON.stringify(headers)).not.to.match(/5BAA6|1E4C9|"password"/i);
  });

  it('finds a password whose hash is in the range, in upper or lower case', async () => {
    for (const range of [rangeOf({ [password]: 1 }), rangeOf({ [password]: 7 }).toLowerCase()]) {
      server.answerWith((_request, response) => void response.end(range));
      expect(await createCheck().isBreached(password)).to.equal(true);
    }
    expect(await counted()).to.deep.equal({ breached: 2 });
  });

  it('finds nothing in a range without the hash, in an empty one, and in a line of padding', async () => {
    for (const range of [rangeOf({ another: 9 }), '', rangeOf({ [password]: 0 })]) {
      server.answerWith((_request, response) => void response.end(range));
      expect(await createCheck().isBreached(password)).to.equal(false);
    }
    expect(await counted()).to.deep.equal({ clear: 3 });
  });

  it('keeps the path and the query of the configured URL', async () => {
    server.answerWith(rangeWith({}));
    await createCheck(`${server.url}/v3/?customer=7`).isBreached('password');
    expect(server.asked.map(({ path }) => path)).to.deep.equal(['/range/v3/5BAA6?customer=7']);
  });

  it('uses one connection for queries one after another', async () => {
    server.answerWith(rangeWith({}));
    const { isBreached } = createCheck();
    const before = server.connections();
    for (const each of ['one', 'two', 'three']) await isBreached(each);
    expect(server.connections() - before).to.equal(1);
  });

  const hit = rangeOf({ [password]: 1 });
  const failures: readonly [what: string, answer: RequestListener, deadline?: number][] = [
    ['fails', (_request, response) => void response.writeHead(500).end(hit)],
    ['knows no such path', (_request, response) => void response.writeHead(404).end(hit)],
    ['limits the rate', (_request, response) => void response.writeHead(429).end(hit)],
    ['sends something else', (_request, response) => void response.end(`<html>${hit}</html>`)],
    ['sends JSON', (_request, response) => void response.end('{"found":true}')],
    ['sends too much', (_request, response) => void response.end(`${hit}\r\n`.repeat(5_000))],
    ['closes the connection', (request) => void request.socket.destroy()],
    [
      'closes the connection within the answer',
      (request, response) => {
        response.writeHead(200, { 'Content-Length': 100_000 });
        response.write(hit, () => request.socket.destroy());
      },
    ],
    ['says nothing', () => undefined, 20],
    ['never ends its answer', (_request, response) => void response.write(`${hit}\r\n`), 20],
  ];
  for (const [what, answer, deadline] of failures) {
    it(`accepts the password, counts and logs it, if the server ${what}`, async () => {
      server.answerWith(answer);
      const { isBreached, lines } = createCheck(server.url, deadline);
      expect(await isBreached(password, somewhere)).to.equal(false);
      expect(await counted()).to.deep.equal({ failed: 1 });
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ level: 'warn', event: 'breach_check_failed', ...somewhere });
      expect(JSON.stringify(lines[0])).not.to.contain(password);
    });
  }

  it('accepts the password if nobody listens', async () => {
    const gone = await startRangeServer();
    await gone.close();
    expect(await createCheck(gone.url).isBreached(password)).to.equal(false);
    expect(await counted()).to.deep.equal({ failed: 1 });
  });

  it('follows no redirect', async () => {
    server.answerWith((request, response) => {
      if (request.url?.startsWith('/range/')) response.writeHead(302, { Location: `${server.url}-2/` }).end();
      else response.end(hit);
    });
    expect(await createCheck().isBreached(password)).to.equal(false);
    expect(server.asked).to.have.length(1);
  });

  it('asks nothing for half a minute after three failures in a row, and then again', async () => {
    server.answerWith((_request, response) => void response.writeHead(503).end());
    const { isBreached } = createCheck();
    for (let n = 0; n < 5; n += 1) await isBreached(password);
    expect(server.asked).to.have.length(3);
    expect(await counted()).to.deep.equal({ failed: 3, skipped: 2 });
    server.answerWith(rangeWith({ [password]: 1 }));
    await clock.advance(29_999);
    expect(await isBreached(password)).to.equal(false);
    await clock.advance(1);
    expect(await isBreached(password)).to.equal(true);
  });

  it('begins to count failures again after an answer', async () => {
    const { isBreached } = createCheck();
    const answers = [503, 503, 200, 503, 503, 200];
    for (const status of answers) {
      server.answerWith((_request, response) => void response.writeHead(status).end());
      await isBreached(password);
    }
    expect(await counted()).to.deep.equal({ failed: 4, clear: 2 });
  });

  it('logs failures once a minute at most', async () => {
    server.answerWith((_request, response) => void response.writeHead(503).end());
    const { isBreached, lines } = createCheck();
    await isBreached(password);
    await isBreached(password);
    expect(lines).to.have.length(1);
    await clock.advance(60_000);
    await isBreached(password);
    expect(lines).to.have.length(2);
  });

  it('asks nobody without a URL', async () => {
    server.answerWith(rangeWith({ [password]: 1 }));
    const isBreached = createBreachCheck({ url: undefined, log: silentLog, metrics });
    expect(await isBreached(password)).to.equal(false);
    expect(server.asked).to.have.length(0);
    expect(await counted()).to.deep.equal({});
  });
});
