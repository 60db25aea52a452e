import { expect } from 'chai';
import { startApp, type TestApp } from '../support/app.ts';
import { onOneStore } from '../support/stores.ts';
import { logIn, logInNewAdmin, logInNewUser, newUserFields, registerUser } from '../support/users.ts';

interface Described {
  readonly security: readonly unknown[];
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: { readonly properties: object } }>>;
  };
}

/** Claims that docs/asvs.md makes and no other suite shows. */
onOneStore('ASVS: what is asked and answered', (stores) => {
  let app: TestApp;
  let operations: (readonly [name: string, operation: Described])[];
  before(async () => {
    app = await startApp(stores());
    const { body } = await app.ask('GET /api/v1/openapi.json');
    const paths = Object.entries<Record<string, Described>>(body.paths);
    operations = paths.flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
      ),
    );
  });
  after(() => app.close());

  it('names media type and charset of every body (4.1.1)', async () => {
    const typeOf = async (what: string) => (await app.ask(what)).headers['content-type'];
    expect(await typeOf('GET /api/v1/health')).to.equal('application/json; charset=utf-8');
    expect(await typeOf('GET /.well-known/jwks.json')).to.equal('application/json; charset=utf-8');
    expect(await typeOf('GET /nowhere')).to.equal('application/problem+json; charset=utf-8');
    expect(await typeOf('GET /api/v1/docs')).to.equal('text/html; charset=utf-8');
    expect(await typeOf('GET /api/v1/docs/start.js')).to.equal('text/javascript; charset=utf-8');
  });

  it('lets nobody in without a token but through these four ways (6.3.4)', () => {
    const open = operations.filter(([, { security }]) => security.length === 0).map(([name]) => name);
    expect(open.filter((name) => !name.startsWith('GET /'))).to.have.members([
      'POST /api/v1/auth/register',
      'POST /api/v1/auth/login',
      'POST /api/v1/auth/refresh',
      'POST /api/v1/auth/password/reset',
    ]);
    expect(open.filter((name) => name.startsWith('GET /'))).to.have.members([
      'GET /api/v1/health',
      'GET /api/v1/health/live',
      'GET /api/v1/health/ready',
      'GET /.well-known/jwks.json',
    ]);
  });

  it('asks for no hint and no secret question (6.4.2)', () => {
    const register = operations.find(([name]) => name === 'POST /api/v1/auth/register')?.[1];
    const fields = register?.requestBody?.content['application/json']?.schema.properties ?? {};
    expect(Object.keys(fields)).to.have.members(['email', 'password', 'username']);
  });

  it('takes no credential in a path or query (14.2.1)', () => {
    const names = operations.flatMap(([, { parameters = [] }]) => parameters.map(({ name }) => name));
    expect([...new Set(names)]).to.have.members([
      'id',
      'name',
      'role',
      'limit',
      'cursor',
      'email',
      'username',
      'actor_id',
      'target_type',
      'target_id',
      'action',
    ]);
  });

  it('ignores a token in the query and in a cookie (14.2.1)', async () => {
    const { access } = await logInNewUser(app);
    const query = await app.ask(`GET /api/v1/users/me?access_token=${access}&token=${access}`);
    expect(query.status).to.equal(401);
    const headers = { Cookie: `access_token=${access}; token=${access}` };
    expect((await app.ask('GET /api/v1/users/me', { headers })).status).to.equal(401);
  });

  it('keeps metrics, sources and version control off the API’s port (13.4.1, 13.4.5)', async () => {
    for (const path of [
      '/metrics',
      '/.git/config',
      '/package.json',
      '/.env',
      '/api/v1/docs/',
      '/api/v1/docs/../app',
    ]) {
      expect((await app.ask(`GET ${path}`)).status, path).to.equal(404);
    }
  });

  it('sets one cookie, for the device, where a password was proved or chosen, and it opens nothing (14.3.3)', async () => {
    const user = await registerUser(app);
    const { email, password } = user;
    const reply = await app.ask('POST /api/v1/auth/login', { body: { email, password } });
    const [cookie = '', ...more] = [reply.headers['set-cookie'] ?? []].flat();
    expect(more).to.deep.equal([]);
    expect(cookie).to.match(/^__Host-device=[^;]+; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Strict$/);
    const [device = ''] = cookie.split(';');
    const { access_token: token, refresh_token } = reply.body.data;
    expect(device).to.not.include(token).and.to.not.include(refresh_token);
    expect((await app.ask('GET /api/v1/users/me', { headers: { Cookie: device } })).status).to.equal(401);
    const others = await app.ask('POST /api/v1/auth/refresh', { body: { refresh_token } });
    expect(others.headers).to.not.have.property('set-cookie');
    const body = { current_password: password, new_password: `new ${password}` };
    const changed = await app.ask('POST /api/v1/users/me/password', { token, body });
    const attributes = cookie.slice(cookie.indexOf(';'));
    const { device_token } = changed.body.data;
    expect(changed.headers['set-cookie']).to.deep.equal([`__Host-device=${device_token}${attributes}`]);
  });

  it('gives each login a session and tokens of its own, whatever the caller brings along (7.2.4)', async () => {
    const first = await logInNewUser(app);
    const { email, password } = first;
    const reply = await app.ask('POST /api/v1/auth/login', {
      token: first.access,
      body: { email, password },
    });
    expect(reply.body.data.access_token).to.not.equal(first.access);
    expect(reply.body.data.refresh_token).to.not.equal(first.refresh);
    const sessions = await app.ask('GET /api/v1/users/me/sessions', { token: reply.body.data.access_token });
    expect(sessions.body.data).to.have.length(2);
  });

  it('logs a refused authorization, a refused input and a refused login with who, what, where and when (16.2.1, 16.3.2, 16.3.3)', async () => {
    const user = await logInNewUser(app);
    await app.ask('GET /api/v1/admin/users', {
      token: user.access,
      headers: { 'X-Request-Id': 'refused-access' },
    });
    await app.ask('POST /api/v1/auth/login', { body: {}, headers: { 'X-Request-Id': 'refused-input' } });
    const { email } = newUserFields();
    const headers = { 'X-Request-Id': 'refused-login' };
    await app.ask('POST /api/v1/auth/login', { body: { email, password: 'wrong' }, headers });
    const lineOf = (id: string) =>
      app.logged().find(({ requestId, event }) => requestId === id && event === 'request');
    expect(lineOf('refused-access')).to.include({
      code: 'forbidden',
      status: 403,
      userId: user.id,
      ip: '127.0.0.1',
    });
    expect(lineOf('refused-access')).to.include({
      method: 'GET',
      route: '/api/v1/admin/users',
      service: 'auth-service',
      security: 'access_denied',
      outcome: 'failure',
    });
    expect(lineOf('refused-input')).to.include({ code: 'validation_failed', status: 422 });
    expect(lineOf('refused-input')).to.include({ security: 'input_refused', outcome: 'failure' });
    expect(lineOf('refused-login')).to.include({ code: 'invalid_credentials', status: 401 });
    expect(lineOf('refused-login')?.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('cannot be made to write a second line into the log (16.4.1)', async () => {
    const forged = '{"level":"info","event":"forged"}';
    await app.ask(`GET /x%0a${encodeURIComponent(forged)}?y=%0d%0a${encodeURIComponent(forged)}`);
    const email = `a\r\n${forged}@example.com`;
    await app.ask('POST /api/v1/auth/login', {
      body: { email, password: `p\n${forged}` },
      headers: { 'User-Agent': forged },
    });
    expect(app.logged().filter(({ event }) => event === 'forged')).to.deep.equal([]);
  });

  it('answers a failure nobody foresaw with a generic 500, and logs it whole (16.3.4, 16.5.1, 16.5.3)', async () => {
    const secret = 'select password_hash from users';
    let isBroken = false;
    const { database } = stores();
    const query: typeof database.query = (name, params) =>
      isBroken ? Promise.reject(new Error(secret)) : database.query(name, params);
    const breaking = await startApp({ ...stores(), database: { ...database, query } });
    try {
      const admin = await logInNewAdmin(breaking);
      isBroken = true;
      for (const what of ['POST /api/v1/auth/login', 'GET /api/v1/users/me', 'GET /api/v1/admin/roles']) {
        const body = what.startsWith('POST') ? { email: admin.email, password: admin.password } : undefined;
        const reply = await breaking.ask(what, body ? { body } : { token: admin.access });
        expect([reply.status, reply.body.code], what).to.deep.equal([500, 'internal_error']);
        expect(reply.text).to.not.include('password_hash').and.to.not.include('    at ');
      }
      const lines = breaking.logged().filter(({ level }) => level === 'error');
      expect(JSON.stringify(lines)).to.include(secret);
      isBroken = false;
      expect((await logIn(breaking, admin)).id).to.equal(admin.id);
    } finally {
      await breaking.close();
    }
  });
});
