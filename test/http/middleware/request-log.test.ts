import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { endpoint } from '../../../app/http/route/endpoint.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';
import { until } from '../../support/until.ts';

describe('The log line of a request', () => {
  let served: Awaited<ReturnType<typeof serveEndpoints>>;
  before(async () => {
    // More than the kernel stores for a client that does not read.
    const body = Buffer.alloc(8 * 1024 * 1024);
    const spec = { summary: 'Answers', access: 'open', answers: {} } as const;
    served = await serveEndpoints([
      endpoint('GET /big', spec, () => ({ raw: { type: 'text/plain', body } })),
    ]);
  });
  after(() => served.close());
  beforeEach(() => {
    served.lines.length = 0;
  });

  async function ask() {
    const socket = connect(served.port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n');
    // The whole response has been written now, and the kernel has taken a part.
    await once(socket, 'readable');
    return socket;
  }

  for (const leave of ['destroy', 'resetAndDestroy'] as const) {
    it(`has status 499 if the client did not take the whole response and left by ${leave}()`, async () => {
      (await ask())[leave]();
      await until(() => served.lines.length === 1);
      expect(served.lines[0]?.status).to.equal(499);
    });
  }

  it('has the status of the response if the client took it and left', async () => {
    const socket = await ask();
    await until(() => {
      socket.read();
      return served.lines.length === 1;
    });
    expect(served.lines[0]?.status).to.equal(200);
    socket.destroy();
  });
});
