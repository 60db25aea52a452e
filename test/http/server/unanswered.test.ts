import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

const login = '/api/v1/auth/login';

async function isIdle(app: TestApp): Promise<boolean> {
  const text = await app.metrics.registry.getSingleMetricAsString('http_requests_in_flight');
  return text.endsWith('\nhttp_requests_in_flight 0');
}

/** A login of which only the beginning arrives, so that it stays under way. */
async function beginLogin(app: TestApp): Promise<Socket> {
  const socket = connect(app.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const head = [
    `POST ${login} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    'Content-Length: 99',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n{"email":`);
  await until(async () => !(await isIdle(app)));
  return socket;
}

const endings = async (app: TestApp) =>
  Object.fromEntries(
    (await app.metrics.requests.get()).values
      .filter(({ labels, value }) => labels.class === 'authentication' && value > 0)
      .map(({ labels, value }) => [labels.result, value]),
  );

onOneStore('A request without an answer', (stores) => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startApp(stores());
  });
  afterEach(() => app.close());

  it('was left by its client, who is no failure of ours', async () => {
    (await beginLogin(app)).destroy();
    await until(() => isIdle(app));
    expect(await endings(app)).to.deep.equal({ aborted: 1 });
    expect(app.logged().findLast(({ route }) => route === login)?.status).to.equal(499);
  });

  it('was cut by the end of a shutdown, which is a failure', async () => {
    await beginLogin(app);
    await app.close();
    await until(() => isIdle(app));
    expect(await endings(app)).to.deep.equal({ error: 1 });
    expect(app.logged().findLast(({ route }) => route === login)?.status).to.equal(503);
  });
});

onOneStore('Requests by what they were for', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  it('are counted in one class each, and probes in none', async () => {
    const counts = async () =>
      (await app.metrics.requests.get()).values
        .filter(({ value }) => value > 0)
        .map(({ labels, value }) => `${labels.class} ${labels.result} ${value}`);
    // The first application of a run was asked for the OpenAPI document.
    app.metrics.requests.reset();
    await app.ask('GET /api/v1/health/ready');
    await app.ask('GET /api/v1/health');
    expect(await counts()).to.deep.equal([]);
    await app.ask('POST /api/v1/auth/login', {
      body: { email: 'nobody@example.com', password: 'wrong, of course' },
    });
    await app.ask('GET /api/v1/auth/verify');
    await app.ask('GET /nowhere');
    expect(await counts()).to.have.members(['authentication ok 1', 'token_check ok 1', 'other ok 1']);
  });
});
