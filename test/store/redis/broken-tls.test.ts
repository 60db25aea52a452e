import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect } from 'chai';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import { type Certificates, createCertificates } from '../../support/certificates.ts';
import { needs, toolPath } from '../../support/debian-tool.ts';
import { onRealStore, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

onRealStore(needs('openssl', 'A connection to Redis whose TLS breaks'), (stores) => {
  let certificates: Certificates;
  const servers: Server[] = [];
  const sockets = new Set<Socket>();

  before(function () {
    if (!toolPath('openssl') || !stores().redisUrl) return this.skip();
    certificates = createCertificates();
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
    certificates?.remove();
  });

  /** Keeps the sockets of a connection, and forwards bytes in both directions. */
  function join(one: Socket, other: Socket): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      sockets.add(from.on('error', () => undefined).on('close', () => to.destroy()));
      from.on('data', (chunk) => to.write(chunk));
    }
  }

  async function listen(server: Server): Promise<number> {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    // reason: a server that listens on a TCP port has an AddressInfo.
    return (server.address() as AddressInfo).port;
  }

  it('is closed, also when errors of TLS and of TCP follow each other, and the next one is used', async () => {
    const { hostname, port } = new URL(stores().redisUrl?.() ?? '');
    const { cert, key } = certificates.ours.right;
    const tlsPort = await listen(
      createTlsServer({ cert, key }, (socket) =>
        join(socket, connect({ host: hostname, port: Number(port || 6379) })),
      ),
    );
    const clients: Socket[] = [];
    const proxyPort = await listen(
      createServer((client) => {
        clients.push(client);
        join(client, connect({ host: '127.0.0.1', port: tlsPort }));
      }),
    );
    const url = () => `rediss://127.0.0.1:${proxyPort}`;
    const tls = { caFile: certificates.ours.ca.certFile };
    const redis = await createRedisClient({ url, tls, log: silentLog, commandTimeout: 10_000 });
    try {
      await until(() => redis.ping());
      const before = clients.length;
      for (const client of clients) client.write('this is no record of TLS');
      // Each client has read it when it has answered with an alert.
      await Promise.all(clients.map((client) => once(client, 'data')));
      for (const client of clients) client.resetAndDestroy();
      await until(() => clients.length >= before + 2);
      await until(() => redis.ping());
      expect(clients.length).to.be.at.least(4);
    } finally {
      await redis.close();
    }
  });
});
