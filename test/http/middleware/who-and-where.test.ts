import { expect } from 'chai';
import { type Ask, startApp, type TestApp } from '../../support/app.ts';
import type { LogLine } from '../../support/log-lines.ts';
import { newNetwork } from '../../support/networks.ts';
import { onOneStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import {
  logInNewAdmin,
  logInNewUser,
  newUserFields,
  registerUser,
  sessionIdOf,
} from '../../support/users.ts';

onOneStore('The log says who and where of', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores(), { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' });
  });
  after(() => app.close());

  const from = (ip: string): Ask => ({ headers: { 'X-Forwarded-For': ip } });

  async function lineOf(event: string, isWanted: (line: LogLine) => boolean): Promise<LogLine> {
    const find = () => app.logged().find((line) => line.event === event && isWanted(line));
    await until(() => find() !== undefined);
    return find() ?? expect.fail();
  }

  /** The log line of a request. */
  async function requestLine(what: string, ask: Ask = {}): Promise<LogLine> {
    const reply = await app.ask(what, ask);
    const id = reply.headers['x-request-id'];
    return lineOf('request', ({ requestId }) => requestId === id);
  }

  const attempt = (email: string, ip = newNetwork()) =>
    requestLine('POST /api/v1/auth/login', { ...from(ip), body: { email, password: 'Wr0ng-password-1' } });

  /** The line of a locked account, and the request line of the attempt that found it locked. */
  async function lockOut(email: string) {
    const { accountRef } = await attempt(email);
    for (let n = 0; n < 10; n += 1) await attempt(email);
    const locked = await lineOf('account_locked', (line) => line.accountRef === accountRef);
    return { locked, request: await lineOf('request', ({ requestId }) => requestId === locked.requestId) };
  }

  it('a locked account: the user, the reference and the network of the attempt', async () => {
    const { email, id } = await registerUser(app);
    const { locked, request } = await lockOut(email.toUpperCase());
    expect(locked).to.include({ userId: id, ip: request.ip, network: request.network, level: 'warn' });
    expect(locked.ip).to.match(/^2001:db8:/);
    expect(request.accountRef).to.equal(locked.accountRef);
  });

  it('a locked account that does not exist: the reference, and no email', async () => {
    const { email } = newUserFields();
    const { locked } = await lockOut(email);
    expect(locked).to.include({ userId: null });
    expect(locked.accountRef).to.match(/^[\w-]{22}$/);
    expect(JSON.stringify(app.logged())).to.not.contain(email);
  });

  it('a refused login, even if the throttle has refused it unread', async () => {
    const { email } = newUserFields();
    const ip = newNetwork();
    const first = await attempt(email, ip);
    expect(first).to.include({ security: 'login', outcome: 'failure', code: 'invalid_credentials' });
    for (let n = 0; n < 9; n += 1) await attempt(email, ip);
    const refused = await attempt(email, ip);
    expect(refused).to.include({ security: 'rate_limited', status: 429, ip });
    expect(refused).to.include({ accountRef: first.accountRef, network: first.network });
    expect((await attempt(newUserFields().email, ip)).accountRef).to.not.equal(first.accountRef);
  });

  it('a login: the same reference before and after, the user and the session', async () => {
    const { email, password, id } = await registerUser(app);
    const { accountRef } = await attempt(email);
    const line = await requestLine('POST /api/v1/auth/login', { body: { email, password } });
    const event = await lineOf('login', ({ requestId }) => requestId === line.requestId);
    const { network, sessionId } = event;
    expect(event).to.include({
      accountRef,
      userId: id,
      outcome: 'success',
      ip: '127.0.0.1',
      network: '127.0.0.1',
    });
    expect(line).to.include({ accountRef, userId: id, sessionId, network });
  });

  it('a registration, whether it succeeds or not', async () => {
    const body = newUserFields();
    const made = await requestLine('POST /api/v1/auth/register', { body });
    expect(made).to.include({ security: 'registration', outcome: 'success' }).and.to.have.property('userId');
    const again = await requestLine('POST /api/v1/auth/register', { body });
    expect(again)
      .to.include({ outcome: 'failure', accountRef: made.accountRef })
      .and.to.not.have.property('userId');
  });

  it('what an administrator changes: the actor and the target, even if it is refused', async () => {
    const [admin, user] = [await logInNewAdmin(app), await logInNewUser(app)];
    const disable = `POST /api/v1/admin/users/${user.id}/disable`;
    const refused = await requestLine(disable, { token: user.access });
    expect(refused).to.include({ security: 'access_denied', userId: user.id, targetId: user.id });
    const made = await requestLine(disable, { token: admin.access });
    expect(made).to.include({ security: 'administration', userId: admin.id, targetId: user.id });
    const name = `role-${Date.now()}`;
    const role = await requestLine('POST /api/v1/admin/roles', { token: admin.access, body: { name } });
    expect(role).to.include({ security: 'administration', userId: admin.id, targetId: name });
    const removed = await requestLine(`DELETE /api/v1/admin/roles/${name}`, { token: admin.access });
    expect(removed).to.include({ outcome: 'success', targetId: name });
  });

  it('no target that a client has written in the place of an id', async () => {
    const admin = await logInNewAdmin(app);
    const line = await requestLine('POST /api/v1/admin/users/somebody@example.com/disable', {
      token: admin.access,
    });
    expect(line).to.include({ status: 404, userId: admin.id }).and.to.not.have.property('targetId');
  });

  it('a token of a session that has ended, and nobody for a forged one', async () => {
    const { access: token, id: userId } = await logInNewUser(app);
    await app.ask('POST /api/v1/auth/logout', { token });
    const ended = await requestLine('GET /api/v1/users/me', { token });
    expect(ended).to.include({ security: 'token_refused', userId, sessionId: sessionIdOf(token) });
    const forged = await requestLine('GET /api/v1/users/me', { token: `${token.slice(0, -8)}AAAAAAAA` });
    expect(forged).to.include({ security: 'token_refused', network: '127.0.0.1' });
    expect(forged).to.not.have.any.keys('userId', 'sessionId');
  });

  it('each security event on a request line: address, network and request id', async () => {
    await lockOut(newUserFields().email);
    await requestLine('GET /api/v1/users/me', { token: (await logInNewUser(app)).access });
    const lines = app.logged().filter(({ security }) => security !== undefined);
    expect(lines).to.have.length.above(10);
    for (const line of lines) expect(line).to.include.all.keys('ip', 'network', 'requestId', 'outcome');
    const others = app
      .logged()
      .filter(({ event, security }) => event === 'request' && security === undefined);
    for (const line of others) expect(line).to.not.have.property('network');
  });
});
