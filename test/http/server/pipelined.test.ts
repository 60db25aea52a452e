import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { endpoint } from '../../../app/http/route/endpoint.ts';
import { maxPipelined } from '../../../app/http/server/server.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';
import { until } from '../../support/until.ts';

const question = 'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('Requests that a client sends without waiting for answers', () => {
  let begun = 0;
  let served: Awaited<ReturnType<typeof serveEndpoints>>;

  before(async () => {
    const slow = endpoint('GET /slow', { summary: 'Never', access: 'open', answers: {} }, () => {
      begun += 1;
      return new Promise(() => undefined);
    });
    served = await serveEndpoints([slow]);
  });
  after(() => served.close());
  beforeEach(() => {
    served.lines.length = 0;
    begun = 0;
  });

  async function ask(count: number) {
    const socket = connect(served.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(question.repeat(count));
    return socket;
  }
  const inFlight = async () =>
    Number(
      (await served.metrics.registry.getSingleMetricAsString('http_requests_in_flight')).split(' ').at(-1),
    );

  it('are each recorded when the connection is reset, and none stays in flight', async () => {
    const socket = await ask(10);
    await until(() => begun === 10);
    expect(await inFlight()).to.equal(10);
    socket.resetAndDestroy();
    await until(async () => (await inFlight()) === 0);
    expect(served.lines.map(({ status }) => status)).to.deep.equal(Array(10).fill(499));
  });

  it('are cut at the bound, and those within it recorded', async () => {
    const socket = await ask(1_500);
    await once(socket, 'close');
    await until(async () => (await inFlight()) === 0);
    expect([begun, served.lines.length]).to.deep.equal([maxPipelined, maxPipelined]);
  });
});
