import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { expect } from 'chai';
import { z } from 'zod';
import { parseConfig } from '../../../app/config/config.ts';
import { createApp } from '../../../app/http/app.ts';
import { startManagementServer } from '../../../app/http/management/management-server.ts';
import { endpoint } from '../../../app/http/route/endpoint.ts';
import { closeServer, createApiServer, listen } from '../../../app/http/server/server.ts';
import { createLog } from '../../../app/observe/log.ts';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { noLimits, noStepUp } from '../../support/no-limits.ts';

const hello = endpoint(
  'GET /hello',
  { summary: 'Hello', access: 'open', query: z.strictObject({}), answers: {} },
  () => ({}),
);

/** Whether the kernel of this machine has IPv6. */
async function hasIPv6(): Promise<boolean> {
  const server = createTcpServer();
  server.listen(0, '::1');
  return once(server, 'listening').then(
    () => server.close() && true,
    () => false,
  );
}

describe('A service without HOST', () => {
  const lines: string[] = [];
  const metrics = createMetrics('test');
  const config = parseConfig({ ENV: 'test', TRUSTED_PROXIES: '10.0.0.0/8' });
  let server: Server;
  let port: number;

  before(async () => {
    const log = createLog(config, { write: (line) => void lines.push(line) });
    const app = createApp({
      ...{ config, endpoints: [hello], limits: noLimits, log, metrics, stepUp: noStepUp },
      authenticate: async () => expect.fail('an open route asks nobody'),
    });
    server = createApiServer(app, { config, isDraining: () => false, log, metrics });
    port = await listen(server, 0, config.http.host);
  });
  after(() => closeServer(server, 0));
  beforeEach(() => lines.splice(0));

  const logged = () => lines.map((line) => JSON.parse(line)).map(({ event, ip }) => `${event} ${ip}`);

  it('answers over IPv4, and logs the address as IPv4', async () => {
    expect((await fetch(`http://127.0.0.1:${port}/hello`)).status).to.equal(204);
    expect(logged()).to.deep.equal(['request 127.0.0.1']);
  });

  it('answers over IPv6', async function () {
    if (!(await hasIPv6())) this.skip();
    expect((await fetch(`http://[::1]:${port}/hello`)).status).to.equal(204);
    expect(logged()).to.deep.equal(['request ::1']);
  });

  it('logs the IPv4 address of a client whose request it cannot read', async () => {
    const socket = connect(port, '127.0.0.1').resume();
    socket.write('not HTTP\r\n\r\n');
    await once(socket, 'close');
    expect(logged()).to.deep.equal(['protocol_error 127.0.0.1']);
  });

  it('answers probes over both families', async function () {
    const management = await startManagementServer({ host: config.http.host, port: 0, metrics });
    try {
      const hosts = ['127.0.0.1', ...((await hasIPv6()) ? ['[::1]'] : [])];
      for (const host of hosts)
        expect((await fetch(`http://${host}:${management.port}/livez`)).status).to.equal(200);
      if (hosts.length < 2) this.skip();
    } finally {
      await management.close();
    }
  });
});
