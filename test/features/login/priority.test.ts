import { expect } from 'chai';
import { startApp, type TestApp } from '../../support/app.ts';
import { onOneStore } from '../../support/stores.ts';
import { newUserFields, type RegisteredUser, registerUser } from '../../support/users.ts';

const login = 'POST /api/v1/auth/login';

onOneStore('A login while its network is refused', (stores) => {
  let app: TestApp;
  let user: RegisteredUser;
  let deviceToken: string;
  const crowd = { 'X-Forwarded-For': '198.51.100.66' };

  const logIn = (headers: Record<string, string>, more: object = {}) =>
    app.ask(login, { body: { email: user.email, password: user.password, ...more }, headers });

  before(async () => {
    app = await startApp(stores(), { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' });
    user = await registerUser(app);
    deviceToken = (await logIn({ 'X-Forwarded-For': '203.0.113.7' })).body.data.device_token;
    // Each guesses at an account of its own, so that only the limit of the address refuses them.
    const guess = () => {
      const { email, password } = newUserFields();
      return app.ask(login, { body: { email, password }, headers: crowd });
    };
    for (let n = 0; n < 60; n += 1) expect((await guess()).status).to.equal(401);
    expect((await guess()).status).to.equal(429);
  });
  after(() => app.close());

  it('succeeds from a known device, which shows its token in the body or as a cookie', async () => {
    const inBody = await logIn(crowd, { device_token: deviceToken });
    expect([inBody.status, inBody.headers['ratelimit-remaining']]).to.deep.equal([200, '0']);
    const asCookie = await logIn({ ...crowd, Cookie: `__Host-device=${deviceToken}` });
    expect(asCookie.status).to.equal(200);
  });

  it('is refused from an unknown device, and with a token that somebody made up', async () => {
    const made = deviceToken.replace(/.{4}$/, 'AAAA');
    expect((await logIn(crowd)).status).to.equal(429);
    expect((await logIn(crowd, { device_token: made })).status).to.equal(429);
  });

  it('is refused with the same headers as at the first time', async () => {
    const reply = await logIn(crowd);
    expect(reply.status).to.equal(429);
    expect(Number(reply.headers['retry-after'])).to.be.within(1, 60);
    expect([reply.headers['ratelimit-limit'], reply.headers['ratelimit-remaining']]).to.deep.equal([
      '60',
      '0',
    ]);
  });

  it('succeeds from any other network', async () => {
    expect((await logIn({ 'X-Forwarded-For': '203.0.113.8' })).status).to.equal(200);
  });
});
