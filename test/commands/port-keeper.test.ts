import { createServer, get } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { listenWithKeeper } from '../../app/commands/keeper-client.ts';
import { formatLine } from '../../app/commands/port-keeper/format-line.ts';
import { createPortKeeper, type KeeperEvent } from '../../app/commands/port-keeper/port-keeper.ts';
import { freePort } from '../support/kept-services.ts';
import { parseLine } from '../support/log-lines.ts';
import { silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';

// test/processes/port-keeper.process.ts runs the port keeper as a process, and ends the process of the service.

type Fields = { readonly event: KeeperEvent; readonly port: number };

describe('The port keeper', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    // The port keeper stops after its service.
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function startKeeper(limits = { connections: 10, time: 60_000 }) {
    const lines: Fields[] = [];
    const keeper = createPortKeeper({
      limits,
      log(level, fields, message) {
        lines.push(fields);
        parseLine(formatLine({}, level, fields, message));
      },
    });
    await new Promise<void>((resolve) => keeper.server.listen(0, '127.0.0.1', resolve));
    closing.push(() => keeper.stop());
    // reason: a server that listens on a TCP port has an AddressInfo.
    const { port } = keeper.server.address() as AddressInfo;
    const written = (event: KeeperEvent) => lines.filter((line) => line.event === event);
    return { ...keeper, port, written };
  }
  type Keeper = Awaited<ReturnType<typeof startKeeper>>;

  function dial(port: number, host = '127.0.0.1'): Socket {
    const socket = connect({ port, host }).on('error', () => undefined);
    closing.push(() => socket.destroy());
    return socket;
  }

  const isRefused = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      dial(port)
        .once('connect', () => resolve(false))
        .once('error', () => resolve(true));
    });
  const closed = (socket: Socket): Promise<unknown> =>
    new Promise((resolve) => socket.once('close', resolve).resume());

  /** A service that the port keeper knows, and whose process ends. @returns its port */
  async function endService(keeper: Keeper, host = '127.0.0.1'): Promise<number> {
    const port = await freePort();
    const control = dial(keeper.port);
    control.write('release\n');
    await new Promise((resolve) => control.once('data', resolve));
    control.write(`listening ${host} ${port}\n`, () => control.destroy());
    await until(() => keeper.written('port_kept').length > 0);
    return port;
  }

  /** A service that answers with the address of its client. */
  async function startService(keeperPort: number, port: number, host = '127.0.0.1'): Promise<void> {
    const server = createServer(({ socket }, response) => {
      response.end(`${socket.remoteFamily} ${socket.remoteAddress} ${socket.remotePort}`);
    });
    const listen = () =>
      new Promise<number>((resolve, reject) =>
        server.once('error', reject).listen(port, host, () => resolve(port)),
      );
    closing.push(() => server.close() && server.closeAllConnections());
    await listenWithKeeper({ server, keeperPort, log: silentLog }, listen);
  }

  for (const [host, client, family] of [
    ['127.0.0.1', '127.0.0.1', 'IPv4'],
    ['::1', '::1', 'IPv6'],
    ['::', '::ffff:127.0.0.1', 'IPv6'],
  ] as const)
    it(`keeps the port of ${host} open, and passes connections on with the address of ${client}`, async () => {
      const keeper = await startKeeper();
      const port = await endService(keeper, host);
      const answers = [1, 2, 3].map(
        () =>
          new Promise<readonly [text: string, expected: string]>((resolve, reject) => {
            get({ port, host: host === '::' ? '127.0.0.1' : host, agent: false }, (response) => {
              const { localPort } = response.socket;
              response.setEncoding('utf8').once('data', (text) => {
                resolve([text, `${family} ${client} ${localPort}`]);
              });
            }).on('error', reject);
          }),
      );
      await startService(keeper.port, port, host);
      for (const answer of answers) {
        const [text, expected] = await answer;
        expect(text).to.equal(expected);
      }
    });

  it('passes on all bytes of a client that has ended its side, and of the answer', async () => {
    const keeper = await startKeeper();
    const port = await endService(keeper);
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    client.end('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    let text = '';
    client.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    await startService(keeper.port, port);
    await closed(client);
    expect(text)
      .to.match(/^HTTP\/1\.1 200 OK\r\n/)
      .and.to.contain('IPv4 127.0.0.1');
  });

  it('listens as soon as the port is free', async () => {
    const keeper = await startKeeper();
    const port = await freePort();
    const service = createServer();
    await new Promise<void>((resolve) => service.listen(port, '127.0.0.1', resolve));
    const control = dial(keeper.port);
    control.write(`release\nlistening 127.0.0.1 ${port}\n`);
    await new Promise((resolve) => control.once('data', resolve));
    control.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect(keeper.written('port_kept')).to.deep.equal([]);
    service.close();
    await until(() => keeper.written('port_kept').length === 1);
    expect(await isRefused(port)).to.equal(false);
  });

  it('closes connections beyond its limit', async () => {
    const keeper = await startKeeper({ connections: 2, time: 60_000 });
    const port = await endService(keeper);
    const clients = [dial(port), dial(port), dial(port)];
    const first = await Promise.race(clients.map((client) => closed(client).then(() => client)));
    expect(clients).to.include(first);
    expect(clients.filter(({ closed }) => closed)).to.have.length(1);
  });

  it('closes the port after the time in which the service should have started', async () => {
    const keeper = await startKeeper({ connections: 10, time: 100 });
    const port = await endService(keeper);
    const client = dial(port);
    await closed(client);
    await until(() => keeper.written('port_not_kept').length === 1);
    expect(await isRefused(port)).to.equal(true);
    expect(keeper.written('port_not_kept')[0]).to.include({ port });
  });

  it('reports an address on which it cannot listen', async () => {
    const keeper = await startKeeper();
    const control = dial(keeper.port);
    // An address for documentation (RFC 5737).
    control.write('release\nlistening 192.0.2.1 8000\n');
    await new Promise((resolve) => control.once('data', resolve));
    control.destroy();
    await until(() => keeper.written('port_not_kept').length === 1);
    expect(keeper.written('port_kept')).to.deep.equal([]);
  });

  it('does not listen after the stop signal, which the service gets as well', async () => {
    const keeper = await startKeeper();
    const port = await freePort();
    const control = dial(keeper.port);
    control.write(`release\nlistening 127.0.0.1 ${port}\n`);
    await new Promise((resolve) => control.once('data', resolve));
    const stopped = keeper.stop();
    control.destroy();
    await stopped;
    expect(await isRefused(port)).to.equal(true);
    expect(keeper.written('port_kept')).to.deep.equal([]);
  });

  it('closes a connection of something else than the service', async () => {
    const keeper = await startKeeper();
    for (const text of ['GET / HTTP/1.1\r\n', 'take 7\n', 'listening 127.0.0.1 1\n', 'a'.repeat(300)]) {
      const socket = dial(keeper.port);
      socket.write(text);
      await closed(socket);
    }
  });
});
