import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import { endpoint } from '../../../app/http/route/endpoint.ts';
import { startBody } from '../../../app/http/route/streamed-body.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';
import { endOfTransfer } from '../../support/transfer.ts';
import { until } from '../../support/until.ts';

const minute = 60_000;
/** More than the kernel stores for a client that does not read. */
const large = 'x'.repeat(1024 * 1024);
const largeCount = 64;

describe('A streamed body', () => {
  let served: Awaited<ReturnType<typeof serveEndpoints>>;
  let produced: number;
  let ended: number;
  let deadline: number;
  /** What the next request streams. An error is thrown in its place, a promise is waited for. */
  let source: Iterable<string | Error | Promise<unknown>>;

  async function* chunks() {
    try {
      for (const each of source) {
        if (each instanceof Error) throw each;
        produced += 1;
        if (typeof each === 'string') yield each;
        else await each;
      }
    } finally {
      ended += 1;
    }
  }

  before(async () => {
    const spec = { summary: 'Streams', access: 'open', answers: {} } as const;
    const stream = endpoint('GET /stream', spec, async () => ({
      raw: { type: 'application/json', body: await startBody(chunks(), deadline) },
    }));
    const never = endpoint('GET /never', spec, () => new Promise(() => undefined));
    served = await serveEndpoints([stream, never]);
  });
  after(() => served.close());
  beforeEach(() => {
    served.lines.length = 0;
    produced = 0;
    ended = 0;
    deadline = minute;
  });

  const send = (method?: string) =>
    request({ host: '127.0.0.1', port: served.port, path: '/stream', method }).end();
  async function ask(method?: string): Promise<IncomingMessage> {
    const [response] = await once(send(method), 'response');
    return response;
  }
  async function open(bytes: string): Promise<Socket> {
    const socket = connect(served.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(bytes);
    return socket;
  }
  const record = async () => {
    await until(() => served.lines.length === 1);
    const [{ status, aborted, code } = {}] = served.lines;
    return { status, aborted, code };
  };
  const abortedCount = async () => (await served.metrics.responsesAborted.get()).values[0]?.value;

  it('arrives whole, with the type of the answer', async () => {
    source = ['[1,', '2,', '3]'];
    const response = await ask();
    expect(response.headers['content-type']).to.equal('application/json; charset=utf-8');
    expect([response.statusCode, await text(response)]).to.deep.equal([200, '[1,2,3]']);
    expect(await record()).to.deep.equal({ status: 200, aborted: undefined, code: undefined });
  });

  it('is a problem if it fails before its first chunk', async () => {
    source = [new AppError('service_unavailable', { retryAfter: 5 })];
    const response = await ask();
    expect([response.statusCode, response.headers['retry-after']]).to.deep.equal([503, '5']);
    expect(JSON.parse(await text(response)).code).to.equal('service_unavailable');
  });

  for (const [error, status, code] of [
    [new AppError('service_unavailable'), 503, 'service_unavailable'],
    [new Error('a fault'), 500, undefined],
  ] as const) {
    it(`that fails later with ${status} is cut, and recorded and counted as such`, async () => {
      source = ['[1,', error];
      const before = (await abortedCount()) ?? 0;
      expect(await endOfTransfer(send())).to.equal('ECONNRESET');
      expect(await record()).to.deep.equal({ status, aborted: true, code });
      expect(await abortedCount()).to.equal(before + 1);
    });
  }

  it('that fails resets a client of HTTP/1.0, to which an ended connection would mean an ended body', async () => {
    const socket = await open('');
    source = ['[1,', once(socket, 'data'), new AppError('service_unavailable')];
    socket.write('GET /stream HTTP/1.0\r\n\r\n');
    const failure = await text(socket).catch(({ code }: NodeJS.ErrnoException) => code);
    expect(failure).to.equal('ECONNRESET');
  });

  it('is cut at its deadline, also while its client does not read', async () => {
    source = Array(largeCount).fill(large);
    deadline = 1;
    const socket = await open('GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.pause().on('error', () => undefined);
    expect(await record()).to.deep.equal({ status: 503, aborted: true, code: 'service_unavailable' });
    expect([ended, produced < largeCount]).to.deep.equal([1, true]);
    socket.destroy();
  });

  it('is produced no faster than its client reads', async () => {
    source = Array(largeCount).fill(large);
    const response = await ask();
    let last = 0;
    await until(() => {
      const isStill = produced === last && produced > 0;
      last = produced;
      return isStill;
    });
    expect(produced).to.be.below(largeCount / 4);
    expect((await text(response)).length).to.equal(largeCount * large.length);
  });

  it('ends when its client disconnects, who is no failure of the service', async () => {
    source = Array(largeCount).fill(large);
    (await ask()).destroy();
    expect(await record()).to.deep.equal({ status: 499, aborted: undefined, code: undefined });
    await until(() => ended === 1);
  });

  it('ends when its connection closes before its response was first in line', async () => {
    source = ['[1]'];
    const lines = ['GET /never', 'GET /stream', 'HEAD /stream'];
    const socket = await open(lines.map((line) => `${line} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
    await until(() => produced === 2);
    socket.destroy();
    await until(() => served.lines.length === 3 && ended === 2);
    expect(served.lines.map(({ status }) => status)).to.deep.equal([499, 499, 499]);
  });

  it('is not sent to a HEAD, and ends', async () => {
    source = Array(largeCount).fill(large);
    const response = await ask('HEAD');
    expect([response.statusCode, await text(response)]).to.deep.equal([200, '']);
    expect(response.headers).not.to.have.any.keys('content-length', 'transfer-encoding');
    expect([produced, (await record()).status]).to.deep.equal([1, 200]);
    await until(() => ended === 1);
  });
});
