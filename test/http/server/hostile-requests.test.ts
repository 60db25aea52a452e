import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';

const json = { 'Content-Type': 'application/json' };
const login = 'POST /api/v1/auth/login';

/** Sends a head that no HTTP client would and reads until the server hangs up. */
function exchange(port: number, ...lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.once('close', () => resolve(answer));
    socket.once('error', reject);
  });
}

function expectProblem(answer: string, status: number, code: string): void {
  expect(answer).to.match(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).to.match(/Content-Type: application\/problem\+json/i);
  expect(answer).to.match(/Strict-Transport-Security: max-age=31536000/i);
  expect(answer).to.include(`"code":"${code}"`);
}

/** What `npm run fuzz` found, and what it might find again. */
onOneStore('Hostile requests', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  it('without a Host or with two are refused with a 400 problem', async () => {
    const start = 'GET /api/v1/health HTTP/1.1';
    for (const hosts of [[], ['Host: localhost', 'host: localhost']]) {
      expectProblem(await exchange(app.port, start, ...hosts), 400, 'malformed_request');
    }
    const old = await exchange(app.port, 'GET /api/v1/health HTTP/1.0');
    expect(old).to.match(/^HTTP\/1.1 200 /);
  });

  it('that expect a miracle are served as if they did not', async () => {
    const head = ['GET /api/v1/health HTTP/1.1', 'Host: localhost', 'Connection: close'];
    expect(await exchange(app.port, ...head, 'Expect: a miracle')).to.match(/^HTTP\/1.1 200 /);
  });

  it('that want a tunnel or an echo are refused with a 405 problem', async () => {
    const connecting = await exchange(app.port, 'CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443');
    expectProblem(connecting, 405, 'method_not_allowed');
    const headers = { Authorization: 'Bearer secret' };
    const reply = await app.ask('TRACE /api/v1/health', { headers, direct: true });
    expect(reply.status).to.equal(405);
    expect(reply.text).to.not.include('secret');
  });

  it('that want a tunnel and then reset the connection end nothing but their own', async () => {
    for (let round = 0; round < 5; round += 1) {
      const socket = connect(app.port, '127.0.0.1', () =>
        socket.write('CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n'),
      );
      await once(socket, 'data');
      socket.resetAndDestroy();
      // What ends a process ends a test run: an error that nobody listened to would be this test's failure.
      expect((await app.ask('GET /api/v1/health')).status).to.equal(200);
    }
  });

  it('that are never ended by their client do not keep a shutdown', async () => {
    const ending = await startApp(stores());
    for (const head of ['CONNECT x:443 HTTP/1.1', 'GET / HTT']) {
      const socket = connect({ port: ending.port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => undefined);
      socket.write(`${head}\r\nHost: x\r\n\r\n`);
      await once(socket, 'data');
    }
    await ending.close();
  });

  it('that cannot be read are counted, logged and identified like any other', async () => {
    const counted = async (status: string) =>
      (await app.metrics.protocolErrors.get()).values.find(({ labels }) => labels.status === status)?.value;
    const before = await counted('400');
    const answer = await exchange(app.port, 'GET /api/v1/health HTTP/1.1', 'bad header');
    const [, id] = /X-Request-Id: (\S+)/.exec(answer) ?? [];
    expect(answer).to.contain(`"request_id":"${id}"`);
    expect(await counted('400')).to.equal((before ?? 0) + 1);
    expect(app.logged().findLast(({ requestId }) => requestId === id)).to.include({
      event: 'protocol_error',
      status: 400,
      code: 'malformed_request',
      ip: '127.0.0.1',
      security: 'input_refused',
    });
  });

  it('whose target names a host that is none are refused with a 400 problem', async () => {
    const head = ['GET http://[/x HTTP/1.1', 'Host: localhost', 'Connection: close'];
    expectProblem(await exchange(app.port, ...head), 400, 'malformed_request');
  });

  it('with both a length and chunks, or with two lengths, are refused: nobody else may see another end', async () => {
    const start = ['POST /api/v1/auth/login HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    const ambiguous = [
      ['Content-Length: 2', 'Transfer-Encoding: chunked'],
      ['Content-Length: 2', 'Content-Length: 3'],
      ['Transfer-Encoding: chunked, identity'],
    ];
    for (const lines of ambiguous) {
      expectProblem(await exchange(app.port, ...start, ...lines), 400, 'malformed_request');
    }
  });

  it('with a body nested as deeply as fits are refused with 422', async () => {
    const depth = 2_000;
    for (const raw of [
      `${'['.repeat(depth)}${']'.repeat(depth)}`,
      `${'{"a":'.repeat(600)}1${'}'.repeat(600)}`,
    ]) {
      const reply = await app.ask(login, { raw, headers: json });
      expect(reply.status).to.equal(422);
      expect(reply.body.errors[0].message).to.equal('is nested too deeply');
      expect(reply.text.length).to.be.below(1_000);
    }
  });

  it('with hundreds of unknown fields are told of twenty, by names cut short', async () => {
    const fields = Array.from({ length: 400 }, (_, index) => [`x${index}`, 1]);
    const many = await app.ask(login, { body: Object.fromEntries(fields) });
    expect(many.body.errors).to.have.length(20);
    const long = await app.ask(login, { body: { email: 'a', password: 'b', ['x'.repeat(3_900)]: 1 } });
    expect(long.body.errors).to.deep.equal([{ path: 'x'.repeat(100), message: 'is not a known field' }]);
  });
});
