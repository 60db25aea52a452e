import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { limitConnections } from '../../../app/http/server/connection-limits.ts';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { series } from '../../support/exposition.ts';
import { until } from '../../support/until.ts';

/** Linux routes all of 127.0.0.0/8 to this machine, so a connection may come from any of these addresses. */
const attacker = '127.0.0.2';
const user = '127.0.0.3';
const proxy = '127.0.0.4';

describe('The connections of a server', () => {
  let server: Server;
  let clients: Socket[];
  let metrics: ReturnType<typeof createMetrics>;

  beforeEach(async function () {
    if (process.platform !== 'linux') this.skip();
    clients = [];
    metrics = createMetrics('test');
    server = createServer((_request, response) => response.end('served'));
    const limits = { connections: 6, connectionsPerAddress: 4, trustedProxies: [proxy] };
    limitConnections(server, { ...limits, metrics });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const client of clients) client.destroy();
    server.close();
  });

  /** A connection, once the server has accepted it. */
  async function open(localAddress: string): Promise<Socket> {
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, 'connection');
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    socket.on('error', () => undefined).resume();
    clients.push(socket);
    await Promise.all([accepted, once(socket, 'connect')]);
    return socket;
  }

  async function openSome(address: string, count: number): Promise<Socket[]> {
    const sockets: Socket[] = [];
    for (let n = 0; n < count; n += 1) sockets.push(await open(address));
    return sockets;
  }

  async function isServed(socket: Socket): Promise<boolean> {
    if (socket.destroyed) return false;
    const ended = Promise.race([once(socket, 'data'), once(socket, 'close').then(() => null)]);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    return (await ended) !== null;
  }

  async function cuts(): Promise<Record<string, number>> {
    const all = await series(metrics);
    const count = (reason: string) => all.get(`http_connections_closed_total{reason="${reason}"}`) ?? 0;
    return { address: count('address'), total: count('total'), open: all.get('http_connections') ?? -1 };
  }

  it('are closed beyond the limit of their address, while other addresses connect', async () => {
    const sockets = await openSome(attacker, 5);
    expect(await Promise.all(sockets.map(isServed))).to.deep.equal([true, true, true, true, false]);
    expect(await isServed(await open(user))).to.equal(true);
    expect(await cuts()).to.deep.equal({ address: 1, total: 0, open: 5 });
  });

  it('make space for an address that has fewer, from the oldest of the address that has most', async () => {
    const [first, second] = await openSome(attacker, 4);
    const others = await openSome(user, 3);
    await until(() => first?.destroyed === true);
    expect(second?.destroyed).to.equal(false);
    expect(await Promise.all(others.map(isServed))).to.deep.equal([true, true, true]);
    // Now each has three: neither may take a connection from the other.
    expect(await isServed(await open(user))).to.equal(false);
    expect(await cuts()).to.deep.equal({ address: 0, total: 2, open: 6 });
  });

  it('count no more once they are closed', async () => {
    for (const socket of await openSome(attacker, 4)) socket.destroy();
    await until(async () => (await cuts()).open === 0);
    const sockets = await openSome(attacker, 4);
    expect(await Promise.all(sockets.map(isServed))).to.deep.equal([true, true, true, true]);
  });

  it('make space for a new address among many that have one each', async () => {
    const sockets = await Promise.all(Array.from({ length: 6 }, (_, n) => open(`127.0.0.${n + 10}`)));
    expect(await isServed(await open(user))).to.equal(true);
    await until(() => sockets.filter(({ destroyed }) => destroyed).length === 1);
  });

  it('come from a trusted proxy without a limit per address, and give way to nobody', async () => {
    const sockets = await openSome(proxy, 6);
    expect(await isServed(await open(user))).to.equal(false);
    expect(await isServed(await open(proxy))).to.equal(false);
    expect(await Promise.all(sockets.map(isServed))).to.deep.equal(sockets.map(() => true));
  });
});
