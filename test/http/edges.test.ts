import { connect } from 'node:net';
import { expect } from 'chai';
import { startApp, type TestApp } from '../support/app.ts';
import { onOneStore } from '../support/stores.ts';
import { newUserFields } from '../support/users.ts';

const json = { 'Content-Type': 'application/json' };

/** Sends bytes that no HTTP client would and reads until the server hangs up. */
function rawExchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.once('close', () => resolve(answer));
    socket.once('error', reject);
  });
}

onOneStore('Edges', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores());
  });
  after(() => app.close());

  const login = 'POST /api/v1/auth/login';

  it('send the guide’s security headers with every answer, errors and unparsable requests included', async () => {
    const replies = await Promise.all([
      app.ask('GET /api/v1/health'),
      app.ask('GET /nowhere'),
      app.ask('PUT /api/v1/health'),
      app.ask(login, { raw: '{', headers: json }),
    ]);
    for (const { headers } of replies) {
      expect(headers['strict-transport-security']).to.match(/max-age=31536000/);
      expect(headers['x-content-type-options']).to.equal('nosniff');
      expect(headers['x-frame-options']).to.equal('DENY');
      expect(headers['x-request-id']).to.be.a('string');
      expect(headers).not.to.have.property('x-powered-by');
    }
    const answer = await rawExchange(app.port, 'GET / HTTP/1.1\r\nbad header\r\n\r\n');
    expect(answer)
      .to.match(/^HTTP\/1\.1 400 /)
      .and.to.contain('X-Frame-Options: DENY')
      .and.to.contain('malformed_request');
  });

  it('answer 431 to oversized header fields', async () => {
    const answer = await rawExchange(
      app.port,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(17_000)}\r\n\r\n`,
    );
    expect(answer)
      .to.match(/^HTTP\/1\.1 431 /)
      .and.to.contain('headers_too_large');
  });

  it('answer the health routes as the guide shows', async () => {
    const reply = await app.ask('GET /api/v1/health');
    expect(reply.body).to.deep.equal({ status: 'healthy', version: '1.0.0', environment: 'test' });
    expect((await app.ask('HEAD /api/v1/health')).status).to.equal(200);
  });

  it('answer an unknown path with a 404 problem, a known one with 405 and Allow', async () => {
    const unknown = await app.ask('GET /api/v1/nothing');
    expect([unknown.status, unknown.body.code]).to.deep.equal([404, 'not_found']);
    expect(unknown.headers['content-type']).to.match(/^application\/problem\+json/);
    const wrong = await app.ask('DELETE /api/v1/auth/login');
    expect([wrong.status, wrong.body.code]).to.deep.equal([405, 'method_not_allowed']);
    expect(wrong.headers.allow).to.contain('POST');
    expect((await app.ask('PROPFIND /api/v1/auth/login')).status).to.equal(405);
    expect((await app.ask('GET /metrics')).status).to.equal(404);
  });

  it('answer 415, 400, 413 and 422 to bodies that are not JSON, broken, too large or wrong', async () => {
    const cases: [Parameters<TestApp['ask']>[1], number, string][] = [
      [
        { raw: 'a=b', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
        415,
        'unsupported_media_type',
      ],
      [
        { raw: '{}', headers: { 'Content-Type': 'application/json; charset=utf-16' } },
        415,
        'unsupported_media_type',
      ],
      [{ raw: '{}', headers: { ...json, 'Content-Encoding': 'gzip' } }, 415, 'unsupported_media_type'],
      [{}, 415, 'unsupported_media_type'],
      [{ raw: '{"email":', headers: json }, 400, 'malformed_request'],
      [{ raw: '', headers: json }, 400, 'malformed_request'],
      [{ raw: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), headers: json }, 400, 'malformed_request'],
      [{ raw: JSON.stringify({ email: 'x'.repeat(102_400) }), headers: json }, 413, 'payload_too_large'],
      [{ raw: '[]', headers: json }, 422, 'validation_failed'],
      [{ raw: 'null', headers: json }, 422, 'validation_failed'],
      [
        { raw: '{"__proto__":{"admin":true},"email":"a","password":"b"}', headers: json },
        422,
        'validation_failed',
      ],
    ];
    for (const [ask, status, code] of cases) {
      const reply = await app.ask(login, ask);
      expect([reply.status, reply.body.code]).to.deep.equal([status, code]);
    }
  });

  it('take the request id from the caller only when it is well-formed', async () => {
    const idOf = async (given: string) =>
      (await app.ask('GET /nowhere', { headers: { 'X-Request-Id': given } })).body.request_id;
    expect(await idOf('abc-123.DEF_4')).to.equal('abc-123.DEF_4');
    for (const bad of ['short', 'with space in it', 'x'.repeat(129), 'quote"quote"']) {
      expect(await idOf(bad)).to.match(/^[0-9a-f-]{36}$/);
    }
  });

  it('log one line a request with the route template and neither query nor credentials', async () => {
    const { email, password } = newUserFields();
    await app.ask(login, { body: { email, password } });
    await app.ask('GET /api/v1/users/me/login-history?cursor=secretcursor', { token: 'secret.token.value' });
    const lines = app.logged().filter(({ event }) => event === 'request');
    expect(lines.map(({ route }) => route)).to.include('/api/v1/users/me/login-history');
    // Hashing alone takes longer than that: the unit is milliseconds.
    const { durationMs } = lines.find(({ route }) => route === '/api/v1/auth/login') ?? {};
    expect(durationMs).to.be.within(0.05, 20_000);
    expect(JSON.stringify(lines))
      .not.to.match(/secretcursor|secret\.token/)
      .and.not.to.contain(password);
  });

  it('keep the number of series constant whatever paths and methods are thrown at them', async () => {
    const hostile = async (round: number) => {
      for (let n = 0; n < 50; n += 1) await app.ask(`GET /nowhere/${round}/${n}`);
      await app.ask('PROPFIND /x');
      await app.ask(`GET /api/v1/users/me/sessions/${round}`);
      const { values } = await app.metrics.requestDuration.get();
      return new Set(values.map(({ labels }) => `${labels.method} ${labels.route} ${labels.status}`)).size;
    };
    expect(await hostile(1)).to.equal(await hostile(2));
  });

  it('cut a connection that pipelines more than one client has use for, and serve one that pipelines little', async () => {
    const request = 'GET /api/v1/health HTTP/1.1\r\nHost: x\r\n\r\n';
    const last = 'GET /api/v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answersTo = async (count: number) =>
      (await rawExchange(app.port, request.repeat(count - 1) + last).catch(() => '')).split('HTTP/1.1 200')
        .length - 1;
    expect(await answersTo(10)).to.equal(10);
    expect(await answersTo(500)).to.be.lessThan(17);
  });

  it('turn unready on SIGTERM while requests are still served', async () => {
    const draining = await startApp(stores());
    draining.drain();
    const ready = await draining.ask('GET /api/v1/health/ready');
    const served = await draining.ask('GET /api/v1/health', { direct: true });
    await draining.close();
    expect([ready.status, ready.body.checks.draining]).to.deep.equal([503, true]);
    expect([served.status, served.headers.connection]).to.deep.equal([200, 'close']);
  });
});

onOneStore('CORS, hosts and proxies', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores(), {
      CORS_ALLOWED_ORIGINS: '["https://app.example.com"]',
      ALLOWED_HOSTS: 'api.example.com',
      TRUSTED_PROXIES: '127.0.0.0/8',
      RATE_LIMIT: 'on',
    });
  });
  after(() => app.close());
  const host = { Host: 'api.example.com' };

  it('let listed origins read answers and refusals, and no other', async () => {
    const from = (Origin: string, what: string) => app.ask(what, { headers: { ...host, Origin } });
    for (const what of ['GET /api/v1/health', 'GET /api/v1/users/me']) {
      const { headers } = await from('https://app.example.com', what);
      expect(headers['access-control-allow-origin']).to.equal('https://app.example.com');
      expect(await from('https://evil.example.com', what))
        .to.have.property('headers')
        .not.to.have.property('access-control-allow-origin');
    }
  });

  it('refuse a foreign Host with 400, whatever X-Forwarded-Host says, but not on the health routes', async () => {
    const foreign = { Host: 'evil.example.com', 'X-Forwarded-Host': 'api.example.com' };
    const refused = await app.ask('GET /api/v1/users/me', { headers: foreign });
    expect([refused.status, refused.body.code]).to.deep.equal([400, 'host_not_allowed']);
    for (const path of ['', '/live', '/ready']) {
      expect(
        (await app.ask(`GET /api/v1/health${path}`, { headers: { Host: '10.0.0.7:8000' } })).status,
      ).to.equal(200);
    }
    expect(
      (await app.ask('GET /api/v1/users/me', { headers: { Host: 'API.example.com:443' } })).status,
    ).to.equal(401);
  });

  it('count limits by the address that the trusted proxy reports, and answer 429 with Retry-After', async () => {
    const from = (address: string) =>
      app.ask('POST /api/v1/auth/password/reset', {
        body: { token: 'x', password: 'whatever-it-is' },
        headers: { ...host, 'X-Forwarded-For': `1.1.1.1, ${address}` },
      });
    const address = `203.0.113.${Math.floor(Math.random() * 250)}`;
    const statuses = [];
    for (let n = 0; n < 31; n += 1) statuses.push(await from(address));
    expect(statuses.slice(0, 30).every(({ status }) => status === 401)).to.equal(true);
    const last = statuses[30];
    expect([last?.status, last?.body.code]).to.deep.equal([429, 'rate_limited']);
    expect(Number(last?.headers['retry-after'])).to.be.within(1, 600);
    expect(last?.headers['ratelimit-remaining']).to.equal('0');
    expect((await from('198.51.100.1')).status).to.equal(401);
  });
});
