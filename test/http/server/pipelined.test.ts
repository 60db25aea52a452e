import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'chai';
import { parseConfig } from '../../../app/config/config.ts';
import { createApp } from '../../../app/http/app.ts';
import { endpoint } from '../../../app/http/route/endpoint.ts';
import { closeServer, createApiServer, listen, maxPipelined } from '../../../app/http/server/server.ts';
import { createLog } from '../../../app/observe/log.ts';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { noLimits } from '../../support/no-limits.ts';
import { until } from '../../support/until.ts';

const question = 'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('Requests that a client sends without waiting for answers', () => {
  const lines: { status?: number }[] = [];
  const metrics = createMetrics('test');
  let begun = 0;
  let server: Server;
  let port: number;

  before(async () => {
    const config = parseConfig({ ENV: 'test' });
    const log = createLog(config, { write: (line) => void lines.push(JSON.parse(line)) });
    const slow = endpoint('GET /slow', { summary: 'Never', access: 'open', answers: {} }, () => {
      begun += 1;
      return new Promise(() => undefined);
    });
    const never = async () => expect.fail('an open route without a limit asks nobody');
    const app = createApp({
      config,
      endpoints: [slow],
      limits: noLimits,
      authenticate: never,
      log,
      metrics,
    });
    server = createApiServer(app, { config, isDraining: () => false, log, metrics });
    port = await listen(server, 0, '127.0.0.1');
  });
  after(() => closeServer(server, 0));
  beforeEach(() => {
    lines.length = 0;
    begun = 0;
  });

  async function ask(count: number) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(question.repeat(count));
    return socket;
  }
  const inFlight = async () =>
    Number((await metrics.registry.getSingleMetricAsString('http_requests_in_flight')).split(' ').at(-1));

  it('are each recorded when the connection is reset, and none stays in flight', async () => {
    const socket = await ask(10);
    await until(() => begun === 10);
    expect(await inFlight()).to.equal(10);
    socket.resetAndDestroy();
    await until(async () => (await inFlight()) === 0);
    expect(lines.map(({ status }) => status)).to.deep.equal(Array(10).fill(499));
  });

  it('are cut at the bound, and those within it recorded', async () => {
    const socket = await ask(1_500);
    await once(socket, 'close');
    await until(async () => (await inFlight()) === 0);
    expect([begun, lines.length]).to.deep.equal([maxPipelined, maxPipelined]);
  });
});
