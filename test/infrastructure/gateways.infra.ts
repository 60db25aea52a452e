import { Agent } from 'node:http';
import { expect } from 'chai';
import { startApp, type TestApp } from '../support/app.ts';
import { onRealStore } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { type LoggedInUser, logInNewAdmin, logInNewUser } from '../support/users.ts';
import { type Application, startApplication } from './gateways/application.ts';
import { type ByteCounter, startByteCounter } from './gateways/byte-counter.ts';
import { clientAddress, send, upgrade } from './gateways/client.ts';
import { type Gateway, gateways } from './gateways/gateways.ts';
import { forged, forgedIdentity, methods, preflight } from './gateways/requests.ts';
import { pathOf, type RunningProxy } from './servers/proxy.ts';

function describeGateway(documentedGateway: Gateway): void {
  const { title, program, start, statusWithoutService, removesByPattern } = documentedGateway;
  const isMissing = pathOf(program) === undefined;
  // In CI a missing server fails the suite when it is started.
  const run = isMissing && !process.env.CI ? describe.skip : describe;
  run(isMissing ? `${title} (needs ${program.name}: ${program.install})` : title, () => {
    let app: TestApp;
    let auth: ByteCounter;
    let orders: Application;
    let backOffice: Application;
    let gateway: RunningProxy;
    let user: LoggedInUser;
    let admin: LoggedInUser;

    const addresses = () => ({
      auth: auth.address,
      orders: orders.address,
      backOffice: backOffice.address,
    });

    before(async () => {
      app = context.app();
      auth = await startByteCounter(app.port);
      [orders, backOffice] = [await startApplication(), await startApplication()];
      gateway = await start(addresses());
      [user, admin] = [await logInNewUser(app), await logInNewAdmin(app)];
    });
    after(async () => {
      await gateway?.stop();
      await Promise.all([auth?.stop(), orders?.close(), backOffice?.close()]);
    });

    afterEach(() => void [orders.take(), backOffice.take()]);

    it('passes every method on with the identity of the caller', async () => {
      for (const method of methods) {
        const { status } = await send(gateway.url, `${method} /orders/17?page=2`, { token: user.access });
        expect([method, status]).to.deep.equal([method, 200]);
        const [received, ...more] = orders.take();
        expect(more).to.deep.equal([]);
        expect(received).to.include({ method, url: '/orders/17?page=2' });
        expect(received?.fields).to.deep.include({ 'x-user-id': [user.id], 'x-user-roles': ['user'] });
        expect(received?.fields['x-session-id']?.[0]).to.match(/^[0-9a-f-]{36}$/);
      }
    });

    it('refuses every method without a token, and a preflight too', async () => {
      for (const method of methods) {
        const { status, headers } = await send(gateway.url, `${method} /orders/17`);
        expect([method, status]).to.deep.equal([method, 401]);
        expect(headers['www-authenticate']).to.match(/^Bearer/);
      }
      expect((await send(gateway.url, 'OPTIONS /orders/17', { headers: preflight })).status).to.equal(401);
      expect((await send(gateway.url, 'GET /orders/17', { token: 'forged' })).status).to.equal(401);
      expect(orders.take()).to.deep.equal([]);
    });

    it('passes on nothing that the client says about its own identity', async () => {
      const any: typeof forged = {
        ...forged,
        ...(removesByPattern && { 'X-User-Anything': 'forged', x_user_any: 'forged' }),
      };
      for (const name of [...Object.keys(any), 'all']) {
        const headers = name === 'all' ? any : { [name]: any[name] ?? '' };
        const { status } = await send(gateway.url, 'GET /orders/17', { token: user.access, headers });
        if (status !== 200) {
          // A gateway may refuse a field with an underscore instead.
          expect([name, status]).to.deep.equal([name, 400]);
          expect(orders.take()).to.deep.equal([]);
          continue;
        }
        const [received] = orders.take();
        const identity = Object.entries(received?.fields ?? {}).filter(([field]) =>
          /^x[-_](user|session)/.test(field),
        );
        const fields = Object.fromEntries(identity);
        expect(fields, name).to.have.all.keys('x-user-id', 'x-user-roles', 'x-session-id');
        expect(fields['x-user-id'], name).to.deep.equal([user.id]);
        expect(fields['x-user-roles'], name).to.deep.equal(['user']);
        expect(JSON.stringify(fields), name).not.to.contain('forged');
      }
    });

    it('demands the role, whatever the client adds to the query', async () => {
      for (const query of ['', '?role=user', '?role=user&role=admin', '?roles=x']) {
        const refused = await send(gateway.url, `GET /admin/users${query}`, { token: user.access });
        expect([query, refused.status]).to.deep.equal([query, 403]);
        const allowed = await send(gateway.url, `DELETE /admin/users${query}`, { token: admin.access });
        expect([query, allowed.status]).to.deep.equal([query, 200]);
        const [received] = backOffice.take();
        expect(received?.url).to.equal(`/admin/users${query}`);
        expect(received?.fields['x-user-roles']?.[0]?.split(',')).to.include('admin');
      }
      expect((await send(gateway.url, 'GET /admin/users')).status).to.equal(401);
      expect(backOffice.take()).to.deep.equal([]);
    });

    it('passes the query of the client to the application and not to the check', async () => {
      const { status } = await send(gateway.url, 'GET /orders/?role=admin&x=%zz', { token: user.access });
      expect(status).to.equal(200);
      expect(orders.take()[0]?.url).to.equal('/orders/?role=admin&x=%zz');
    });

    it('refuses a session that has ended', async () => {
      const other = await logInNewUser(app);
      expect((await send(gateway.url, 'GET /orders/', { token: other.access })).status).to.equal(200);
      await app.ask('POST /api/v1/auth/logout', { token: other.access });
      expect((await send(gateway.url, 'GET /orders/', { token: other.access })).status).to.equal(401);
      expect(orders.take()).to.have.length(1);
    });

    it('passes a WebSocket on, and refuses it without a token', async () => {
      const accepted = await upgrade(gateway.url, '/orders/live', user.access);
      expect(accepted).to.deep.equal({ status: 101, echo: 'frame' });
      expect(orders.take()[0]?.fields).to.deep.include({ 'x-user-id': [user.id] });
      expect((await upgrade(gateway.url, '/orders/live')).status).to.equal(401);
      expect(orders.take()).to.deep.equal([]);
    });

    it('sends a large body to the application and not to the auth service', async () => {
      const body = Buffer.alloc(768 * 1024, 'x');
      const before = auth.bytes();
      const { status } = await send(gateway.url, 'POST /orders/', { token: user.access, body });
      expect(status).to.equal(200);
      expect(orders.take()[0]?.bodyBytes).to.equal(body.length);
      expect(auth.bytes() - before).to.be.below(8 * 1024);
    });

    it('serves several requests on one connection, with bodies and refusals in between', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const { access: token } = user;
      const body = Buffer.alloc(4096, 'x');
      for (let round = 0; round < 3; round += 1) {
        expect((await send(gateway.url, 'POST /orders/', { token, body, agent })).status).to.equal(200);
        expect((await send(gateway.url, 'POST /orders/', { body, agent })).status).to.equal(401);
        expect((await send(gateway.url, 'GET /orders/', { token, agent })).status).to.equal(200);
      }
      agent.destroy();
      expect(orders.take().map(({ bodyBytes }) => bodyBytes)).to.deep.equal([4096, 0, 4096, 0, 4096, 0]);
    });

    if (documentedGateway.canExemptOptions) {
      it('lets preflights, and nothing else, pass without a token if the exemption is added', async () => {
        const exempting = await start({ ...addresses(), exemptsOptions: true });
        try {
          for (const path of ['/orders/17', '/admin/17']) {
            const headers = { ...preflight, ...forgedIdentity };
            expect((await send(exempting.url, `OPTIONS ${path}`, { headers })).status).to.equal(200);
            const [received] = [...orders.take(), ...backOffice.take()];
            expect(received?.fields).not.to.have.any.keys('x-user-id', 'x-user-roles', 'x-session-id');
            for (const method of methods.filter((each) => each !== 'OPTIONS')) {
              const { status } = await send(exempting.url, `${method} ${path}`, { headers });
              expect([method, status]).to.deep.equal([method, 401]);
            }
          }
          expect((await send(exempting.url, 'GET /admin/17', { token: admin.access })).status).to.equal(200);
        } finally {
          await exempting.stop();
        }
      });
    }

    it('tells the auth service the method, the path and the address of the client', async () => {
      // Envoy refuses fields with an underscore.
      const headers = Object.fromEntries(Object.entries(forged).filter(([name]) => !name.includes('_')));
      const known = app.logged().length;
      await send(gateway.url, 'DELETE /orders/17?token=s3cret', { token: user.access, headers });
      const newLines = () => app.logged().slice(known);
      const line = () => newLines().find(({ event }) => event === 'request');
      await until(() => line() !== undefined);
      expect(line()).to.include({
        route: '/api/v1/auth/verify',
        forwardedMethod: 'DELETE',
        forwardedPath: '/orders/*',
        ip: clientAddress,
        userId: user.id,
      });
    });

    it('refuses every request while the auth service is down', async () => {
      await auth.stop();
      for (const token of [user.access, undefined]) {
        const { status } = await send(gateway.url, 'GET /orders/', token ? { token } : {});
        expect(status).to.equal(statusWithoutService);
      }
      expect(orders.take()).to.deep.equal([]);
    });
  });
}

const context = {
  app: (): TestApp => {
    throw new Error('the application is started before the first test');
  },
};

onRealStore('docs/gateways.md', (stores) => {
  before(async () => {
    // The gateway sends the Host of the application, which is not on the list.
    const app = await startApp(stores(), { ALLOWED_HOSTS: '127.0.0.1', TRUSTED_PROXIES: '127.0.0.1' });
    context.app = () => app;
  });
  after(() => context.app().close());
  for (const gateway of gateways) describeGateway(gateway);
});
