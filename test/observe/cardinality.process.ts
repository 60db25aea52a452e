import { Agent, METHODS, request } from 'node:http';
import { expect } from 'chai';
import { startApp, type TestApp } from '../support/app.ts';
import { series } from '../support/exposition.ts';
import { onOneStore } from '../support/stores.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
// CONNECT never reaches a request handler.
const methods = METHODS.filter((method) => method !== 'CONNECT');

function send(port: number, method: string, path: string, body?: object): Promise<void> {
  const payload = body && JSON.stringify(body);
  const headers = payload
    ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }
    : {};
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', method, path, headers, agent }, (response) => {
      response.resume().once('end', resolve);
    })
      .once('error', reject)
      .end(payload);
  });
}

/** A hostile request: each one has another path, method or user. */
function hostile(port: number, n: number): Promise<void> {
  if (n % 10 === 0) {
    const body = { email: `nobody${n}@example.com`, password: 'StrongPass123!' };
    return send(port, 'POST', `/api/v1/auth/login?n=${n}`, body);
  }
  const method = methods[n % methods.length] ?? 'GET';
  if (n % 10 === 1) return send(port, method, `/api/v1/admin/users/${n}`);
  return send(port, method, `/${n}/../${n}?q=${n}`);
}

async function flood(port: number, from: number, to: number): Promise<void> {
  let next = from;
  const worker = async (): Promise<void> => {
    while (next < to) await hostile(port, next++);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

onOneStore('the number of series', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores(), { LOG_LEVEL: 'silent' });
  });
  after(async () => {
    agent.destroy();
    await app.close();
  });

  /** Without the metrics of the Node.js runtime, whose series change by themselves. */
  const names = async () =>
    [...(await series(app.metrics)).keys()].filter((name) => !name.startsWith('nodejs_')).sort();

  const requests = 500;

  it(`stays constant under ${requests} distinct URLs, users and methods`, async function () {
    this.timeout(120_000);
    // Sends each kind of hostile request once.
    await flood(app.port, 0, 10 * methods.length);
    const before = await names();
    await flood(app.port, 1_000_000, 1_000_000 + requests);
    expect(await names()).to.deep.equal(before);
    expect(before.length).to.be.below(1_500);
  });
});
