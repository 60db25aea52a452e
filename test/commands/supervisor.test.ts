import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { bindPort } from '../../app/commands/supervisor/bound-socket.ts';
import { createRestartLimiter } from '../../app/commands/supervisor/restart-limit.ts';

// test/processes/supervisor.process.ts runs the supervisor itself.

describe('The restart limit of the supervisor', () => {
  it('allows so many restarts within its window, and more when the first ones are older', () => {
    let now = 0;
    const mayRestart = createRestartLimiter({ count: 3, window: 300_000 }, () => now);
    const at = (seconds: number): boolean => {
      now = seconds * 1_000;
      return mayRestart();
    };
    expect([0, 100, 200, 299].map(at)).to.deep.equal([true, true, true, false]);
    expect([300, 399, 400].map(at)).to.deep.equal([true, false, true]);
  });
});

describe('A bound socket of the supervisor', () => {
  async function listenAnywhere(): Promise<{ server: Server; port: number }> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return { server, port: typeof address === 'object' && address ? address.port : 0 };
  }
  const close = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

  /** A port on which nobody listens. The system does not assign it again at once. */
  async function freePort(): Promise<number> {
    const { port, server } = await listenAnywhere();
    await close(server);
    return port;
  }

  const outcome = (port: number): Promise<string> =>
    new Promise((resolve) => {
      const client = connect(port, '127.0.0.1', () => resolve('connected'));
      client.once('connect', () => client.destroy());
      client.once('error', ({ message }) => resolve(message));
    });

  for (const host of ['127.0.0.1', 'localhost', undefined])
    it(`keeps the port open when the process that listens has ended, on ${host ?? 'every address'}`, async () => {
      const port = await freePort();
      const socket = await bindPort(host, port);
      expect(await outcome(port), 'before a process listens').to.contain('ECONNREFUSED');
      const program = `require('node:net').createServer().listen({ fd: 3 }, () => console.log('listening'))`;
      const child = spawn(process.execPath, ['-e', program], {
        stdio: ['ignore', 'pipe', 'inherit', socket.fd],
      });
      const ended = once(child, 'exit');
      await once(child.stdout ?? child, 'data');
      expect(await outcome(port)).to.equal('connected');
      child.kill('SIGKILL');
      await ended;
      expect(await outcome(port), 'after the end of the process').to.equal('connected');
      socket.close();
      expect(await outcome(port), 'after the socket is closed').to.contain('ECONNREFUSED');
    });

  it('is not made of a port that is taken or of an address that the machine does not have', async () => {
    const { port, server } = await listenAnywhere();
    const failure = (host: string, at: number): Promise<string> =>
      bindPort(host, at).then(
        () => 'bound',
        ({ message }) => message,
      );
    expect(await failure('127.0.0.1', port)).to.equal('EADDRINUSE');
    // An address for documentation (RFC 5737).
    expect(await failure('192.0.2.1', 0)).to.equal('EADDRNOTAVAIL');
    await close(server);
  });
});
