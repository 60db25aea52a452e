import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { documentationEndpoints } from '../../../app/features/documentation/endpoints.ts';
import { endpoint } from '../../../app/http/route/endpoint.ts';
import { startBody } from '../../../app/http/route/streamed-body.ts';
import { maxUnsentBytes } from '../../../app/http/server/unsent-bytes.ts';
import { series } from '../../support/exposition.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';
import { until } from '../../support/until.ts';

const mebibyte = 1024 * 1024;
/** More than the kernel stores for a client that does not read. */
const bigSize = 8 * mebibyte;
const budget = 2.5 * bigSize;
/** More than Linux stores for a client that reads fast: up to 32 MiB, beside 4 MiB of the server. */
const hugeSize = 64 * mebibyte;
const open = { summary: 'Answers', access: 'open', answers: {} } as const;

/** Chunks of /stream. */
let streamed = 0;

function createEndpoints() {
  const body = Buffer.alloc(bigSize);
  const huge = Buffer.alloc(hugeSize);
  const items = Array.from({ length: 100 }, (_, id) => ({ id, device: 'x'.repeat(10_000) }));
  async function* short() {
    yield 'short';
  }
  async function* chunks() {
    for (;;) {
      streamed += 1;
      yield 'x'.repeat(mebibyte);
    }
  }
  return [
    endpoint('GET /big', open, () => ({ raw: { type: 'text/plain', body } })),
    endpoint('GET /huge', open, () => ({ raw: { type: 'text/plain', body: huge } })),
    endpoint('GET /small', open, () => ({ data: 'small' })),
    endpoint('GET /never', open, () => new Promise(() => undefined)),
    endpoint('GET /list', open, () => ({ data: items })),
    endpoint('GET /short', open, async () => ({
      raw: { type: 'text/plain', body: await startBody(short(), 60_000) },
    })),
    endpoint('GET /stream', open, async () => ({
      raw: { type: 'text/plain', body: await startBody(chunks(), 60_000) },
    })),
    ...documentationEndpoints(() => ({ text: 'x'.repeat(mebibyte) })),
  ];
}

describe('Responses that clients do not read', () => {
  let served: Awaited<ReturnType<typeof serveEndpoints>>;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    served = await serveEndpoints(createEndpoints(), { unsentBudget: budget });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await served.close();
  });

  async function restart(unsentBudget: number): Promise<void> {
    await served.close();
    served = await serveEndpoints(createEndpoints(), { unsentBudget });
  }

  const value = async (name: string) => (await series(served.metrics)).get(name) ?? Number.NaN;
  const unsent = () => value('http_unsent_response_bytes');
  const closed = (reason: string) => value(`http_connections_closed_total{reason="${reason}"}`);

  const requests = (path: string, count = 1) =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(count);
  /** A connection that has sent requests and does not read. */
  async function ask(text: string): Promise<Socket> {
    const socket = connect(served.port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    await once(socket.pause(), 'connect');
    socket.write(text);
    return socket;
  }
  /** As above, and its response is blocked. */
  async function block(path = '/big', count = 1): Promise<Socket> {
    const [before, closedBefore] = [await unsent(), await closed('unsent')];
    const socket = await ask(requests(path, count));
    await until(async () => (await unsent()) > before || (await closed('unsent')) > closedBefore);
    return socket;
  }
  /** Reads until the socket has received one response, and little more. */
  async function readOne(socket: Socket, size = bigSize): Promise<void> {
    const end = socket.bytesRead + size;
    const onData = (): void => {
      if (socket.bytesRead > end) socket.off('data', onData).pause();
    };
    socket.on('data', onData).resume();
    await until(() => socket.isPaused());
  }
  /** Whether reading ends with a reset instead of the whole of all responses. */
  const isReset = (socket: Socket, size = bigSize) =>
    Promise.race([
      new Promise((resolve) => socket.resume().once('close', resolve)).then(() => true),
      until(() => socket.bytesRead > size).then(() => false),
    ]);

  it('stay while all together are within the budget, however slowly they are read', async () => {
    const [one, other] = [await block(), await block()];
    expect(await unsent()).to.be.within(2 * bigSize, budget);
    await readOne(one);
    await readOne(other);
    await until(async () => (await unsent()) === 0);
    expect([await closed('unsent'), await closed('unsent_connection')]).to.deep.equal([0, 0]);
  });

  it('go beyond the budget with the connections that have been blocked for the longest time', async () => {
    const [first, second, third, fourth] = [await block(), await block(), await block(), await block()];
    await until(async () => (await closed('unsent')) === 2);
    expect(await unsent()).to.be.within(2 * bigSize, budget);
    const reset = [isReset(first), isReset(second), isReset(third), isReset(fourth)];
    expect(await Promise.all(reset)).to.deep.equal([true, true, false, false]);
    await until(() => served.lines.length === 4);
    expect(served.lines.map(({ status }) => status).sort()).to.deep.equal([200, 200, 499, 499]);
  });

  it('of a client that has read one of its responses have been blocked for a shorter time', async () => {
    // Four blocked responses exceed it, and three do not, whatever the kernel has taken of them.
    await restart(3.08 * hugeSize);
    const [first, second] = [await block('/huge', 2), await block('/huge')];
    const before = await unsent();
    await readOne(first, hugeSize);
    await until(async () => (await unsent()) < before);
    const [third, fourth] = [await block('/huge'), await block('/huge')];
    await until(async () => (await closed('unsent')) === 1);
    const reset = [
      isReset(first, 2 * hugeSize),
      ...[second, third, fourth].map((one) => isReset(one, hugeSize)),
    ];
    expect(await Promise.all(reset)).to.deep.equal([false, true, false, false]);
  });

  for (const path of ['/api/v1/openapi.json', '/list']) {
    it(`of ${path} stay within the budget for any number of clients, and other clients are served`, async () => {
      for (let count = 0; count < 10; count += 1) await ask(requests(path, 16));
      await until(() => served.lines.length > 16);
      const response = await fetch(`http://127.0.0.1:${served.port}/small`);
      expect(await response.json()).to.deep.equal({ data: 'small' });
      expect(await unsent()).to.be.below(budget);
      expect(await closed('unsent')).to.be.within(1, 9);
    });
  }

  it('are counted too while they are queued behind another response of their connection', async () => {
    await ask(requests('/list', 16));
    // The kernel takes some of the sixteen responses of 1 MiB.
    await until(async () => (await unsent()) > 8 * mebibyte);
  });

  it('are counted too if the request was malformed', async () => {
    // The responses are queued behind one that never comes.
    await ask(requests('/never') + 'GET /without-host HTTP/1.1\r\n\r\n'.repeat(15));
    await until(async () => (await unsent()) > 15 * 16 * 1024);
  });

  it('are counted with the memory of their request, also after a short streamed body has ended', async () => {
    await ask(requests('/big') + requests('/short', 15));
    await until(async () => (await unsent()) > bigSize + 15 * 16 * 1024);
  });

  it('are counted too while they are streamed', async () => {
    await restart(mebibyte / 2);
    expect(await isReset(await block('/stream'))).to.equal(true);
    await until(() => served.lines.length === 1);
    expect([served.lines[0]?.route, served.lines[0]?.status]).to.deep.equal(['/stream', 499]);
    expect(await unsent()).to.equal(0);
  });

  it('of a streamed body that is read meanwhile have been blocked for a shorter time', async () => {
    await restart(1.5 * bigSize);
    const stream = await block('/stream');
    const big = await block();
    await readOne(stream);
    let last = 0;
    await until(async () => {
      const isStill = streamed === last;
      last = streamed;
      return isStill && (await unsent()) > bigSize + mebibyte;
    });
    const other = await block();
    await until(async () => (await closed('unsent')) > 0);
    const reset = [isReset(stream, 2 * bigSize), isReset(big), isReset(other)];
    expect(await Promise.all(reset)).to.deep.equal([false, true, false]);
  });

  it('close their connection when it sends a further request', async () => {
    const socket = await block();
    expect(await unsent()).to.be.above(maxUnsentBytes);
    socket.write(requests('/small'));
    await until(async () => (await closed('unsent_connection')) === 1);
    expect(await isReset(socket)).to.equal(true);
    expect(served.lines.map(({ route, status }) => [route, status])).to.deep.equal([['/big', 499]]);
    expect(await unsent()).to.equal(0);
  });
});
