import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { LoadRates, LoadResult } from '../../tools/e2e/load/load.ts';

const generator = fileURLToPath(new URL('../../tools/e2e/load/generator.mjs', import.meta.url));

/** The requests of the warm-up, which do not count. */
const warmUps = 50;

type Answer = (request: IncomingMessage, response: ServerResponse, number: number) => void;

const ok: Answer = (_request, response) => response.end('{}');

/** Stands in for the service: it accepts the registration and the login, and answers the n-th further request as it is told. */
async function startService(answer: Answer) {
  let number = 0;
  const hosts = new Set<string | undefined>();
  const server = createServer((request, response) => {
    request.resume();
    hosts.add(request.headers.host);
    if (request.url === '/api/v1/auth/register') response.writeHead(201).end('{}');
    else if (request.url === '/api/v1/auth/login')
      response.end(JSON.stringify({ data: { access_token: 'token' } }));
    else {
      number += 1;
      answer(request, response, number - warmUps);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // reason: a server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    hosts,
    close: () => server.closeAllConnections() ?? server.close(),
  };
}

/** Runs the generator until it has sent some requests. */
async function load(base: string, rates: LoadRates, atLeast: number): Promise<LoadResult> {
  const options = JSON.stringify({ base, host: 'auth.example', rates, maxSeconds: 60 });
  const child = spawn(process.execPath, [generator, options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let result: LoadResult | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const parsed = JSON.parse(line);
    if (parsed.answered >= atLeast) child.kill();
    if (parsed.result) result = parsed.result;
  }
  await ended;
  if (!result) throw new Error('the generator has ended without a result');
  return result;
}

describe('The load generator of npm run e2e', () => {
  it('counts every answer after the warm-up, and sends the name of the service', async () => {
    let further = 0;
    const service = await startService((request, response, number) => {
      if (number > 0) further += 1;
      ok(request, response, number);
    });
    const { failures, sent } = await load(service.base, { kept: 60, new: 20, sockets: 4 }, 40);
    service.close();
    expect(failures).to.deep.equal([]);
    expect(sent).to.equal(further);
    expect([...service.hosts]).to.deep.equal(['auth.example']);
  });

  it('counts a reset connection, a cut answer and an error status once each, and repeats none', async () => {
    const seen: number[] = [];
    const service = await startService((request, response, number) => {
      seen.push(number);
      if (number === 5) request.socket.resetAndDestroy();
      else if (number === 9) response.writeHead(503).end('{"code":"unavailable"}');
      else if (number === 13) {
        response.writeHead(200, { 'content-length': 10 });
        response.write('{');
        response.flushHeaders();
        setImmediate(() => request.socket.resetAndDestroy());
      } else ok(request, response, number);
    });
    const { failures, sent } = await load(service.base, { kept: 60, new: 20, sockets: 4 }, 40);
    service.close();
    expect(failures.map(({ reason }) => reason)).to.have.members([
      'ECONNRESET',
      'ECONNRESET',
      'status 503 unavailable',
    ]);
    expect(sent).to.equal(seen.filter((number) => number > 0).length);
  });

  it('uses a new connection for each request of the second kind, and few for the first', async () => {
    const ports = { kept: new Set<number | undefined>(), new: new Set<number | undefined>() };
    let fresh = 0;
    const service = await startService((request, response, number) => {
      const kind = request.headers.connection === 'close' ? 'new' : 'kept';
      if (number > 0 && kind === 'new') fresh += 1;
      if (number > 0) ports[kind].add(request.socket.remotePort);
      ok(request, response, number);
    });
    await load(service.base, { kept: 60, new: 20, sockets: 4 }, 40);
    service.close();
    expect(ports.new.size).to.equal(fresh).and.above(5);
    expect(ports.kept.size).to.be.within(1, 4);
  });
});
