import { METHODS } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { type LoggedInUser, logInNewUser } from '../../support/users.ts';

const path = '/api/v1/auth/verify';

/** Node.js hands CONNECT to nobody, and its client does not send it as a request. */
const methods = METHODS.filter((method) => method !== 'CONNECT');

/** What a browser sends before a request to another origin. */
const preflight = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'DELETE' };

onOneStore('A check of a gateway', (stores) => {
  let app: TestApp;
  let user: LoggedInUser;

  before(async () => {
    app = await startApp(stores(), {
      ALLOWED_HOSTS: '127.0.0.1',
      CORS_ALLOWED_ORIGINS: '["https://app.example.com"]',
    });
    user = await logInNewUser(app);
  });
  after(() => app.close());

  const lineOf = async (requestId: unknown) => {
    const find = () => app.logged().find((line) => line.event === 'request' && line.requestId === requestId);
    await until(() => find() !== undefined);
    return find();
  };

  it('is answered for every method that Node.js parses, with and without a path below', async () => {
    for (const method of methods) {
      // nginx refuses some methods itself. A gateway has no further proxy before this service.
      const ask = { token: user.access, direct: true };
      const allowed = await app.ask(`${method} ${path}/orders/17/lines`, ask);
      // Envoy takes no other status than 200 for permission.
      expect([method, allowed.status, allowed.text]).to.deep.equal([method, 200, '']);
      expect(allowed.headers).to.include({ 'x-user-id': user.id, 'x-user-roles': 'user' });
      const refused = await app.ask(`${method} ${path}`, { direct: true });
      expect([method, refused.status]).to.deep.equal([method, 401]);
      expect(refused.headers['www-authenticate']).to.equal('Bearer');
    }
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'PROPFIND']) {
      expect((await app.ask(`${method} ${path}`, { token: user.access })).status).to.equal(204);
      expect((await app.ask(`${method} ${path}/`, { token: user.access })).status).to.equal(200);
      expect((await app.ask(`${method} ${path}/orders`)).status).to.equal(401);
    }
  });

  it('does not answer a preflight of a browser for the application: without a token it is 401', async () => {
    for (const target of [path, `${path}/orders`]) {
      const { status, headers } = await app.ask(`OPTIONS ${target}`, { headers: preflight });
      expect([target, status]).to.deep.equal([target, 401]);
      expect(headers).not.to.have.property('access-control-allow-methods');
    }
    expect((await app.ask('OPTIONS /api/v1/users/me', { headers: preflight })).status).to.equal(204);
  });

  it('accepts any path below and any query, which belong to the client of the application', async () => {
    const targets = [
      '/?a=1',
      '/a?role=admin',
      '/a?role=&role=',
      '//x//',
      '/%zz/%',
      '/../../users?%zz',
      '/a?b#c',
      '/%C3%BC',
    ];
    for (const target of targets) {
      // A proxy would refuse or change some of these paths.
      const { status } = await app.ask(`GET ${path}${target}`, { token: user.access, direct: true });
      expect([target, status]).to.deep.equal([target, 200]);
    }
    const { status } = await app.ask(`GET ${path}?role=admin`, { token: user.access });
    expect(status).to.equal(403);
    for (const target of [`${path}x`, `${path}x/y`]) {
      expect((await app.ask(`GET ${target}`, { token: user.access })).status).to.equal(404);
    }
  });

  it('checks the query of the exact path under every method', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'PROPFIND']) {
      const { status } = await app.ask(`${method} ${path}?roles=admin`, { token: user.access });
      expect([method, status]).to.deep.equal([method, 422]);
    }
  });

  it('is answered whatever the Host is, and no other route is', async () => {
    const headers = { Host: 'orders.example.com' };
    for (const target of [path, `${path}/orders`]) {
      expect((await app.ask(`GET ${target}`, { token: user.access, headers })).status).to.be.oneOf([
        200, 204,
      ]);
    }
    const { status, body } = await app.ask('GET /api/v1/users/me', { token: user.access, headers });
    expect([status, body.code]).to.deep.equal([400, 'host_not_allowed']);
  });

  it('reads no body, and the connection stays open for the next check', async () => {
    const socket = connect(app.port, '127.0.0.1').setEncoding('latin1');
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    const answered = (count: number) =>
      until(() => (text.match(/^HTTP\/1\.1 200 /gm) ?? []).length === count);
    const head = (method: string, more: string) =>
      `${method} ${path}/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${user.access}\r\n${more}\r\n`;
    const size = 256 * 1024;
    socket.write(head('POST', `Content-Type: application/json\r\nContent-Length: ${size}\r\n`));
    await answered(1);
    socket.write('{'.repeat(size));
    socket.write(`${head('PATCH', 'Transfer-Encoding: chunked\r\n')}3\r\n{{{\r\n0\r\n\r\n`);
    await answered(2);
    socket.write(head('GET', 'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'));
    await answered(3);
    socket.write(head('DELETE', ''));
    await answered(4);
    expect(socket.readyState).to.equal('open');
    socket.destroy();
  });

  it('logs the method and the path of the checked request, without what could be secret in it', async () => {
    const forwarded: [what: string, headers: Record<string, string>, method: string, path: string][] = [
      [`PUT ${path}/orders/17?token=s3cret`, {}, 'PUT', '/orders/*'],
      [
        `GET ${path}`,
        { 'X-Forwarded-Method': 'DELETE', 'X-Forwarded-Uri': '/orders?token=s3cret' },
        'DELETE',
        '/orders',
      ],
      [
        `GET ${path}`,
        { 'X-Original-Method': 'PROPFIND', 'X-Original-URI': '/a/b@c.d/e' },
        'PROPFIND',
        '/a/*/e',
      ],
      [
        `GET ${path}`,
        { 'X-Original-Method': 'POST', 'X-Original-URL': 'https://a.example/v1/x?y' },
        'POST',
        '/v1/x',
      ],
      [`GET ${path}/real`, { 'X-Forwarded-Method': 'PUT', 'X-Forwarded-Uri': '/forged' }, 'GET', '/real'],
    ];
    for (const [what, headers, forwardedMethod, forwardedPath] of forwarded) {
      for (const token of [user.access, undefined]) {
        const reply = await app.ask(what, { headers, ...(token && { token }) });
        const line = await lineOf(reply.headers['x-request-id']);
        expect(line).to.include({ route: path, forwardedMethod, forwardedPath });
        expect(JSON.stringify(line)).not.to.contain('s3cret');
      }
    }
  });

  it('logs nothing of forwarding headers that are malformed or that it does not read', async () => {
    const malformed: Record<string, string>[] = [
      {},
      { 'X-Forwarded-Method': 'NO SUCH METHOD', 'X-Forwarded-Uri': 'no path' },
      { 'X-Original-Method': '', 'X-Original-URI': '' },
    ];
    for (const headers of malformed) {
      const reply = await app.ask(`GET ${path}`, { token: user.access, headers });
      expect(await lineOf(reply.headers['x-request-id'])).not.to.have.any.keys(
        'forwardedMethod',
        'forwardedPath',
      );
    }
    const headers = { 'X-Forwarded-Method': 'PUT', 'X-Forwarded-Uri': '/orders' };
    const reply = await app.ask('GET /api/v1/users/me', { token: user.access, headers });
    expect(await lineOf(reply.headers['x-request-id'])).not.to.have.any.keys(
      'forwardedMethod',
      'forwardedPath',
    );
  });
});
