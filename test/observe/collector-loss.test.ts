import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { openTracing } from '../../app/observe/open-tracing.ts';
import type { Tracing } from '../../app/observe/tracing.ts';
import { until } from '../support/until.ts';

/** Short, so that an exporter does not try for ten seconds. */
const variables = { OTEL_EXPORTER_OTLP_TIMEOUT: '200', OTEL_BSP_SCHEDULE_DELAY: '1' };
/** The default of OTEL_BSP_MAX_QUEUE_SIZE, and one batch that is on its way. */
const maxWaiting = 2_048 + 512;

/** Closed after each test, because a test that fails must not keep the process alive. */
const collectors: { close(): Promise<void> }[] = [];

/** A collector whose answer the test chooses. */
async function startCollector(answer: (response: ServerResponse) => void) {
  let received = 0;
  let requests = 0;
  const server: Server = createServer(async (request, response) => {
    requests += 1;
    let body = '';
    for await (const chunk of request) body += chunk;
    received += body.split('"spanId"').length - 1;
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // reason: a server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  collectors.push({
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return { url: `http://127.0.0.1:${port}`, received: () => received, requests: () => requests };
}

const request = (tracing: Tracing): Promise<void> =>
  tracing.request({ headers: {}, isTrusted: false }, async (span) => span.finish('GET /x', {}, false));

describe('The loss of the collector', () => {
  const before = { ...process.env };
  const written: string[] = [];
  const { stderr, stdout } = process;
  const originals = [stdout.write, stderr.write] as const;
  let lost: number;

  beforeEach(() => {
    Object.assign(process.env, variables);
    lost = 0;
    written.length = 0;
  });
  afterEach(async () => {
    await Promise.all(collectors.splice(0).map((collector) => collector.close()));
    for (const name of Object.keys(variables))
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  });

  const start = (endpoint: string): Promise<Tracing> =>
    openTracing({
      endpoint,
      version: '1',
      onLost: (spans) => {
        lost += spans;
      },
    });

  /** What the process prints while `work` runs. */
  async function printed(work: () => Promise<void>): Promise<string> {
    for (const stream of [stdout, stderr])
      stream.write = (chunk) => {
        written.push(String(chunk));
        return true;
      };
    try {
      await work();
    } finally {
      [stdout.write, stderr.write] = originals;
    }
    return written.join('');
  }

  for (const [what, answer] of [
    ['refuses', null],
    ['answers with 500', (response) => void response.writeHead(500).end()],
    ['answers with 503', (response) => void response.writeHead(503, { 'Retry-After': '60' }).end()],
    ['closes each connection', (response) => void response.destroy()],
    ['never answers', () => undefined],
    ['never ends its answer', (response) => void response.writeHead(200).write('{')],
    ['answers nonsense', (response) => void response.writeHead(200).end('<html>')],
  ] as const satisfies readonly (readonly [string, null | ((response: ServerResponse) => void)])[]) {
    it(`is harmless if it ${what}: requests succeed, nothing is printed, and the shutdown ends`, async () => {
      const collector = answer && (await startCollector(answer));
      const output = await printed(async () => {
        const tracing = await start(collector?.url ?? 'http://127.0.0.1:1');
        for (let n = 0; n < 600; n += 1) await request(tracing);
        if (collector) await until(() => collector.requests() > 0);
        await tracing.close();
      });
      expect(output).to.equal('');
    });
  }

  it('is counted', async () => {
    const collector = await startCollector((response) => void response.writeHead(400).end());
    const tracing = await start(collector.url);
    for (let n = 0; n < 20; n += 1) await request(tracing);
    await tracing.close();
    expect(lost).to.equal(20);
  });

  it('needs a bounded memory: what a full queue does not take is dropped', async () => {
    // This collector answers, on a busy machine after more than the short time of the others.
    process.env.OTEL_EXPORTER_OTLP_TIMEOUT = '10000';
    const collector = await startCollector((response) => void response.writeHead(200).end('{}'));
    const tracing = await start(collector.url);
    // No turn of the event loop, in which a batch could be sent.
    await Promise.all(Array.from({ length: 6_000 }, () => request(tracing)));
    await tracing.close();
    expect(collector.received()).to.be.within(512, maxWaiting);
    expect(lost).to.equal(0);
  });

  it('ends when the collector is there again', async () => {
    let isDown = true;
    const collector = await startCollector(
      (response) => void response.writeHead(isDown ? 500 : 200).end('{}'),
    );
    const tracing = await start(collector.url);
    await request(tracing);
    await until(() => lost === 1);
    isDown = false;
    const failed = collector.received();
    await request(tracing);
    await tracing.close();
    expect([collector.received() - failed, lost]).to.deep.equal([1, 1]);
  });
});
