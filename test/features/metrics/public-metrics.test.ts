import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Ask, startApp, type TestApp } from '../../support/app.ts';
import { series } from '../../support/exposition.ts';
import { scratchFolder } from '../../support/keys.ts';
import { onOneStore, onRealStore } from '../../support/stores.ts';
import { logInNewUser } from '../../support/users.ts';

const newToken = (): string => randomBytes(32).toString('base64');

onOneStore('GET /metrics on the port of the API', (stores) => {
  const token = newToken();
  let app: TestApp;
  before(async () => {
    app = await startApp(stores(), {
      ...{ METRICS_TOKEN: token, RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' },
      ALLOWED_HOSTS: 'auth.example.com',
    });
  });
  after(() => app.close());

  /** A network that nobody has used before, because refusals count. */
  const newAddress = (): string => `2001:db8:${randomBytes(4).toString('hex').replace(/^.{4}/, '$&:')}::1`;
  const scrape = ({ headers, ...ask }: Ask = {}, method = 'GET') =>
    app.ask(`${method} /metrics`, {
      ...ask,
      headers: { Host: 'auth.example.com', 'X-Forwarded-For': newAddress(), ...headers },
    });

  it('returns all metrics of the process to the holder of the token', async () => {
    const { headers, status, text } = await scrape({ token });
    expect(status).to.equal(200);
    expect(headers).to.include({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'Origin, Accept, Accept-Encoding',
    });
    expect(text).to.contain('auth_build_info{version="test"} 1').and.not.contain('# EOF');
    const head = await scrape({ token }, 'HEAD');
    expect([head.status, head.text]).to.deep.equal([200, '']);
    expect((await scrape({ headers: { Authorization: `bearer ${token}` } })).status).to.equal(200);
  });

  it('returns the format and the encoding that the scraper prefers', async () => {
    const accept = { Accept: 'application/openmetrics-text; version=1.0.0, text/plain; q=0.5' };
    const { headers, text } = await scrape({ token, headers: accept });
    expect(headers['content-type']).to.equal('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text).to.match(/# EOF\n$/);
    const compressed = await scrape({ token, headers: { 'Accept-Encoding': 'gzip' } });
    expect(compressed.headers['content-encoding']).to.equal('gzip');
    expect(Number(compressed.headers['content-length'])).to.be.below(text.length / 4);
  });

  it('refuses every other caller as an endpoint of users refuses a missing access token', async () => {
    const { access } = await logInNewUser({
      ...app,
      ask: (what, ask) => app.ask(what, { ...ask, headers: { Host: 'auth.example.com', ...ask?.headers } }),
    });
    const wrong: Ask[] = [
      {},
      ...[access, newToken(), token.slice(0, -1), `${token}=`, token.toLowerCase()].map((one) => ({
        token: one,
      })),
      { headers: { Authorization: token } },
      { headers: { Authorization: `Basic ${token}` } },
    ];
    for (const ask of wrong) {
      const { body, headers, status } = await scrape(ask);
      expect([status, body.code, body.status]).to.deep.equal([401, 'unauthorized', 401]);
      expect(headers).to.include({ 'www-authenticate': 'Bearer', 'cache-control': 'no-store' });
    }
  });

  it('limits those without the token, and nobody with it', async () => {
    const from = { 'X-Forwarded-For': newAddress() };
    const guess = async () => (await scrape({ token: newToken(), headers: from })).status;
    for (let attempt = 1; attempt <= 30; attempt += 1) expect(await guess()).to.equal(401);
    for (let attempt = 1; attempt <= 3; attempt += 1) expect(await guess()).to.equal(429);
    for (let attempt = 1; attempt <= 3; attempt += 1)
      expect((await scrape({ token, headers: from })).status).to.equal(200);
    expect((await scrape()).status).to.equal(401);
  });

  it('answers for allowed hosts only', async () => {
    const { body, status } = await scrape({ token, headers: { Host: 'other.example.com' } });
    expect([status, body.code]).to.deep.equal([400, 'host_not_allowed']);
  });

  it('is not counted in the service level objectives, and is no part of the API', async () => {
    const counted = async () =>
      [...(await series(app.metrics))].filter(([name]) => name.startsWith('http_requests_total'));
    const before = await counted();
    await scrape({ token });
    await scrape();
    expect(await counted()).to.deep.equal(before);
    const { body } = await app.ask('GET /api/v1/openapi.json', { headers: { Host: 'auth.example.com' } });
    expect(body.paths).not.to.have.property('/metrics');
  });
});

onRealStore('GET /metrics on the port of the API, by configuration', (stores) => {
  const folder = scratchFolder();
  let app: TestApp;
  afterEach(() => app.close());
  after(folder.remove);

  it('does not exist without METRICS_TOKEN', async () => {
    app = await startApp(stores());
    const answers = await Promise.all(
      ['/metrics', '/nothing-here'].map((path) => app.ask(`GET ${path}`, { token: newToken() })),
    );
    const [metrics, other] = answers.map(({ body: { request_id, ...body }, headers, status }) => {
      const { date, 'x-request-id': _, ...others } = headers;
      return { status, body, headers: others };
    });
    expect(metrics?.status).to.equal(404);
    expect(metrics).to.deep.equal(other);
  });

  it('takes a rotated token from its file', async () => {
    const [old, rotated] = [newToken(), newToken()];
    const METRICS_TOKEN_FILE = join(folder.path, 'metrics-token');
    writeFileSync(METRICS_TOKEN_FILE, `${old}\n`);
    app = await startApp(stores(), { METRICS_TOKEN_FILE });
    const statuses = async () =>
      Promise.all([old, rotated].map(async (token) => (await app.ask('GET /metrics', { token })).status));
    expect(await statuses()).to.deep.equal([200, 401]);
    writeFileSync(METRICS_TOKEN_FILE, `${rotated}\n`);
    expect(await statuses()).to.deep.equal([401, 200]);
  });
});
