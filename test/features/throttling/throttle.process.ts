import { expect } from 'chai';
import type { QueryName } from '../../../app/store/postgres/queries.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { guesserNetwork, newNetwork } from '../../support/networks.ts';
import { onOneStore } from '../../support/stores.ts';
import { logInNewAdmin, logInNewUser, newUserFields, registerUser } from '../../support/users.ts';

onOneStore('Login throttling', (stores) => {
  let app: TestApp;
  before(async () => {
    app = await startApp(stores(), { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' });
  });
  after(() => app.close());

  const attempt = (body: object, from = newNetwork(), headers = {}) =>
    app.ask('POST /api/v1/auth/login', { body, headers: { 'X-Forwarded-For': from, ...headers } });
  const guess = (email: string) => attempt({ email, password: 'not the password' }, guesserNetwork());
  const statuses = async (count: number, work: () => Promise<{ status: number }>) => {
    const seen: number[] = [];
    for (let n = 0; n < count; n += 1) seen.push((await work()).status);
    return seen;
  };

  /** After ten attempts, a block has eight entries. Then its networks are refused for minutes. */
  const lockOut = (email: string) => statuses(18, () => guess(email));
  const admittedOf = (seen: readonly number[]) => seen.filter((status) => status !== 429).length;

  it('lets ten wrong passwords pass, and two in attempt slots, from however many addresses they come', async () => {
    const { email, password } = await registerUser(app);
    expect((await statuses(12, () => guess(email))).slice(0, 12)).to.deep.equal(Array(12).fill(401));
    // A third slot may open meanwhile.
    expect(admittedOf(await statuses(6, () => guess(email)))).to.be.at.most(1);
    const refused = await guess(email);
    expect([refused.status, refused.body.code]).to.deep.equal([429, 'rate_limited']);
    // 20 minutes, and up to a quarter more.
    expect(Number(refused.headers['retry-after'])).to.be.within(1_100, 1_500);
    // Of the budget that refused, not of the address, which has hardly begun.
    const { 'retry-after': wait, 'ratelimit-limit': limit, ...rest } = refused.headers;
    expect([limit, rest['ratelimit-remaining'], rest['ratelimit-reset']]).to.deep.equal(['10', '0', wait]);
    expect((await attempt({ email, password }, guesserNetwork())).status).to.equal(429);
  });

  it('lets no more through when they come in parallel', async () => {
    const { email } = await registerUser(app);
    const replies = await Promise.all(Array.from({ length: 40 }, () => guess(email)));
    const seen = replies.map(({ status }) => status);
    expect(admittedOf(seen)).to.be.within(12, 13);
    expect(new Set(seen)).to.deep.equal(new Set([401, 429]));
  });

  it('treats an unknown email exactly as a known one', async () => {
    const known = await registerUser(app);
    const seen = [];
    for (const email of [known.email, newUserFields().email]) {
      await lockOut(email);
      const { status, body, headers } = await guess(email);
      expect(status).to.equal(429);
      seen.push(JSON.stringify([status, { ...body, request_id: '' }, Object.keys(headers)]));
    }
    expect(seen[0]).to.equal(seen[1]);
  });

  it('asks nothing about the email of an attempt that it refuses, so that time tells nothing either', async () => {
    const { database } = stores();
    const queries: QueryName[] = [];
    const query = <Row extends object>(name: QueryName, params?: readonly unknown[]): Promise<Row[]> => {
      queries.push(name);
      return database.query(name, params);
    };
    const watched = await startApp(
      { ...stores(), database: { ...database, query } },
      { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' },
    );
    const [known, guesser] = [await registerUser(app), await registerUser(app)];
    const { device_token } = (await attempt({ email: guesser.email, password: guesser.password })).body.data;
    const asked = [];
    for (const email of [known.email, newUserFields().email]) {
      for (let n = 0; n < 23; n += 1) {
        queries.length = 0;
        const extra = [{}, { device_token: 'x' }, { device_token }][n % 3];
        const { status } = await watched.ask('POST /api/v1/auth/login', {
          body: { email, password: 'not the password', ...extra },
          headers: { 'X-Forwarded-For': guesserNetwork() },
        });
        asked.push([status, ...queries]);
      }
    }
    await watched.close();
    const refused = [[429, 'users/find_by_id'], [429], [429]];
    expect([asked.slice(20, 23), asked.slice(43)]).to.deep.equal([refused, refused]);
  });

  it('slows one network down without touching the account', async () => {
    const { email, password } = await registerUser(app);
    const network = newNetwork();
    const from = () => attempt({ email, password: 'not the password' }, network);
    expect((await statuses(11, from)).at(-1)).to.equal(429);
    expect((await attempt({ email, password })).status).to.equal(200);
  });

  it('gives back after the right password the attempt it took, and none that a guesser made', async () => {
    const { email, password } = await registerUser(app);
    expect(await statuses(12, () => attempt({ email, password }))).to.deep.equal(Array(12).fill(200));
    await statuses(9, () => guess(email));
    expect((await attempt({ email, password })).status).to.equal(200);
    // One that the owner has given back, and two or three slots.
    expect(admittedOf(await statuses(9, () => guess(email)))).to.be.within(3, 4);
  });

  it('lets a known device in while strangers guess, by cookie or by body', async () => {
    const { email, password } = await registerUser(app);
    const first = await attempt({ email, password });
    const { device_token } = first.body.data;
    expect(String(first.headers['set-cookie'])).to.match(
      /^__Host-device=.+; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Strict$/,
    );
    await lockOut(email);
    expect((await attempt({ email, password }, guesserNetwork())).status).to.equal(429);
    expect((await attempt({ email, password, device_token })).status).to.equal(200);
    const Cookie = `__Host-device=${device_token}`;
    expect((await attempt({ email, password }, newNetwork(), { Cookie })).status).to.equal(200);
  });

  it('gives a device a bounded budget, not a free pass', async () => {
    const { email, password } = await registerUser(app);
    const { device_token } = (await attempt({ email, password })).body.data;
    await lockOut(email);
    const wrong = () => attempt({ email, password: 'not the password', device_token }, guesserNetwork());
    expect(await statuses(11, wrong)).to.deep.equal([...Array(10).fill(401), 429]);
  });

  it('knows no device of somebody else, forged, or from before a new password or a logout everywhere', async () => {
    const user = await logInNewUser(app);
    const { email, password } = user;
    const other = await registerUser(app);
    const tokenOf = async (secret: string) =>
      (await attempt({ email, password: secret })).body.data.device_token;
    const foreign = (await attempt({ email: other.email, password: other.password })).body.data.device_token;
    const beforeLogout = await tokenOf(password);
    await app.ask('POST /api/v1/auth/logout-all', { token: user.access });
    const beforeChange = await tokenOf(password);
    const { access_token } = (await attempt({ email, password })).body.data;
    const changed = { current_password: password, new_password: 'another-good-one' };
    await app.ask('POST /api/v1/users/me/password', { token: access_token, body: changed });
    await lockOut(email);
    const [owner, nonce] = beforeChange.split('.');
    const [stranger, , mac] = foreign.split('.');
    const forged = [`${owner}.${nonce}.${mac}`, `${stranger}.${nonce}.${mac}`];
    for (const device_token of [foreign, beforeLogout, beforeChange, ...forged, 'x']) {
      const body = { email, password: 'another-good-one', device_token };
      const reply = await attempt(body, guesserNetwork());
      expect(reply.status).to.equal(429);
    }
  });

  it('knows the device on which the password was changed or reset, and no other', async () => {
    const admin = await logInNewAdmin(app);
    const { email, password, id, access } = await logInNewUser(app);
    const issued = await app.ask(`POST /api/v1/admin/users/${id}/reset-token`, { token: admin.access });
    const [second, third] = ['another-good-one', 'a-third-good-one'];
    const body = { current_password: password, new_password: second };
    const changed = await app.ask('POST /api/v1/users/me/password', { token: access, body });
    const again = await app.ask(`POST /api/v1/admin/users/${id}/reset-token`, { token: admin.access });
    await lockOut(email);
    const { device_token } = changed.body.data;
    expect((await attempt({ email, password: second, device_token })).status).to.equal(200);
    const reset = (token: string) =>
      app.ask('POST /api/v1/auth/password/reset', { body: { token, password: third } });
    expect((await reset(issued.body.data.token)).status).to.equal(401);
    const done = await reset(again.body.data.token);
    expect(String(done.headers['set-cookie'])).to.contain(`__Host-device=${done.body.data.device_token};`);
    const stale = await attempt({ email, password: third, device_token }, guesserNetwork());
    expect(stale.status).to.equal(429);
    const fresh = { device_token: done.body.data.device_token };
    expect((await attempt({ email, password: third, ...fresh })).status).to.equal(200);
  });

  it('counts a device against the limit of its network beyond 60 logins a minute', async () => {
    const { email, password } = await registerUser(app);
    const { device_token } = (await attempt({ email, password })).body.data;
    const network = newNetwork();
    const replies = await statuses(61, () => attempt({ email, password, device_token }, network));
    expect(replies).to.deep.equal([...Array(60).fill(200), 429]);
  });

  it('counts password confirmations of their own, so that a stolen access token cannot guess', async () => {
    const user = await logInNewUser(app);
    const confirm = () =>
      app.ask('DELETE /api/v1/users/me', { token: user.access, body: { password: 'wrong' } });
    expect(await statuses(11, confirm)).to.deep.equal([...Array(10).fill(403), 429]);
    const { email, password } = user;
    expect((await attempt({ email, password })).status).to.equal(200);
  });

  it('is lifted by an administrator', async () => {
    const { email, password, id } = await registerUser(app);
    await lockOut(email);
    const guesser = guesserNetwork();
    expect((await attempt({ email, password }, guesser)).status).to.equal(429);
    const admin = await logInNewAdmin(app);
    await app.ask(`POST /api/v1/admin/users/${id}/unlock`, { token: admin.access });
    expect((await attempt({ email, password }, guesser)).status).to.equal(200);
    // The entries of the block are counted anew as well.
    expect(admittedOf(await statuses(12, () => guess(email)))).to.be.within(12, 13);
  });

  it('is lifted for the network too from which the user guessed, once', async () => {
    const { email, password, id } = await registerUser(app);
    const network = newNetwork();
    const wrong = () => attempt({ email, password: 'not the password' }, network);
    expect((await statuses(11, wrong)).at(-1)).to.equal(429);
    const admin = await logInNewAdmin(app);
    await app.ask(`POST /api/v1/admin/users/${id}/unlock`, { token: admin.access });
    const after = await statuses(11, wrong);
    expect([after[0], after.at(-1)]).to.deep.equal([401, 429]);
    await app.ask(`POST /api/v1/admin/users/${id}/unlock`, { token: admin.access });
    expect((await attempt({ email, password }, network)).status).to.equal(200);
  });
});
