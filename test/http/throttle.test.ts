import { expect } from 'chai';
import { startApp, type TestApp } from '../support/app.ts';
import { loggedIn, newPerson, registered } from '../support/people.ts';
import { onEachStore } from '../support/stores.ts';

onEachStore('Login throttling', (stores) => {
  let app: TestApp;
  let address = 0;
  before(async () => {
    app = await startApp(stores(), { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' });
  });
  after(() => app.close());

  /** A network nobody has used before, so that its own limits do not matter. */
  const nextNetwork = () => {
    address += 1;
    const random = Math.floor(Math.random() * 0xffff).toString(16);
    return `2001:db8:${random}:${address.toString(16)}::1`;
  };
  const attempt = (body: object, from = nextNetwork(), headers = {}) =>
    app.ask('POST /api/v1/auth/login', { body, headers: { 'X-Forwarded-For': from, ...headers } });
  const guess = (email: string) => attempt({ email, password: 'not the password' });
  const statuses = async (count: number, work: () => Promise<{ status: number }>) => {
    const seen: number[] = [];
    for (let n = 0; n < count; n += 1) seen.push((await work()).status);
    return seen;
  };

  it('lets ten wrong passwords pass, then one a minute, from however many addresses they come', async () => {
    const { email, password } = await registered(app);
    expect(await statuses(11, () => guess(email))).to.deep.equal(Array(11).fill(401));
    const refused = await guess(email);
    expect([refused.status, refused.body.code]).to.deep.equal([429, 'rate_limited']);
    expect(Number(refused.headers['retry-after'])).to.be.within(50, 60);
    expect((await attempt({ email, password })).status).to.equal(429);
  });

  it('lets no more through when they come in parallel', async () => {
    const { email } = await registered(app);
    const replies = await Promise.all(Array.from({ length: 40 }, () => guess(email)));
    expect(replies.filter(({ status }) => status === 401)).to.have.length(11);
    expect(replies.filter(({ status }) => status === 429)).to.have.length(29);
  });

  it('treats an unknown email exactly as a known one', async () => {
    const known = await registered(app);
    const seen = [];
    for (const email of [known.email, newPerson().email]) {
      await statuses(11, () => guess(email));
      const { status, body, headers } = await guess(email);
      seen.push(JSON.stringify([status, { ...body, request_id: '' }, Object.keys(headers)]));
    }
    expect(seen[0]).to.equal(seen[1]);
  });

  it('slows one network down without touching the account', async () => {
    const { email, password } = await registered(app);
    const network = nextNetwork();
    const from = () => attempt({ email, password: 'not the password' }, network);
    expect((await statuses(11, from)).at(-1)).to.equal(429);
    expect((await attempt({ email, password })).status).to.equal(200);
  });

  it('gives back after the right password the attempt it took, and none that a guesser made', async () => {
    const { email, password } = await registered(app);
    expect(await statuses(12, () => attempt({ email, password }))).to.deep.equal(Array(12).fill(200));
    await statuses(9, () => guess(email));
    expect((await attempt({ email, password })).status).to.equal(200);
    expect(await statuses(3, () => guess(email))).to.deep.equal([401, 401, 429]);
  });

  it('lets a known device in while strangers guess, by cookie or by body', async () => {
    const { email, password } = await registered(app);
    const first = await attempt({ email, password });
    const { device_token } = first.body.data;
    expect(String(first.headers['set-cookie'])).to.match(
      /^__Host-device=.+; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Strict$/,
    );
    await statuses(12, () => guess(email));
    expect((await attempt({ email, password })).status).to.equal(429);
    expect((await attempt({ email, password, device_token })).status).to.equal(200);
    const Cookie = `__Host-device=${device_token}`;
    expect((await attempt({ email, password }, nextNetwork(), { Cookie })).status).to.equal(200);
  });

  it('gives a device a bounded budget, not a free pass', async () => {
    const { email, password } = await registered(app);
    const { device_token } = (await attempt({ email, password })).body.data;
    await statuses(12, () => guess(email));
    const wrong = () => attempt({ email, password: 'not the password', device_token });
    expect(await statuses(11, wrong)).to.deep.equal([...Array(10).fill(401), 429]);
  });

  it('knows no device of somebody else, forged, or from before a new password or a logout everywhere', async () => {
    const person = await loggedIn(app);
    const { email, password } = person;
    const other = await registered(app);
    const tokenOf = async (secret: string) =>
      (await attempt({ email, password: secret })).body.data.device_token;
    const foreign = (await attempt({ email: other.email, password: other.password })).body.data.device_token;
    const beforeLogout = await tokenOf(password);
    await app.ask('POST /api/v1/auth/logout-all', { token: person.access });
    const beforeChange = await tokenOf(password);
    const { access_token } = (await attempt({ email, password })).body.data;
    const changed = { current_password: password, new_password: 'another-good-one' };
    await app.ask('POST /api/v1/users/me/password', { token: access_token, body: changed });
    await statuses(12, () => guess(email));
    const forged = `${beforeChange.split('.')[0]}.${foreign.split('.')[1]}`;
    for (const device_token of [foreign, beforeLogout, beforeChange, forged, 'x']) {
      const reply = await attempt({ email, password: 'another-good-one', device_token });
      expect(reply.status).to.equal(429);
    }
  });

  it('never lets a device skip the limit of its network', async () => {
    const { email, password } = await registered(app);
    const { device_token } = (await attempt({ email, password })).body.data;
    const network = nextNetwork();
    const replies = await statuses(61, () => attempt({ email, password, device_token }, network));
    expect(replies).to.deep.equal([...Array(60).fill(200), 429]);
  });

  it('counts password confirmations of their own, so that a stolen access token cannot guess', async () => {
    const person = await loggedIn(app);
    const confirm = () =>
      app.ask('DELETE /api/v1/users/me', { token: person.access, body: { password: 'wrong' } });
    expect(await statuses(11, confirm)).to.deep.equal([...Array(10).fill(403), 429]);
    const { email, password } = person;
    expect((await attempt({ email, password })).status).to.equal(200);
  });

  it('is lifted by an administrator', async () => {
    const { email, password, id } = await registered(app);
    await statuses(12, () => guess(email));
    const { loggedInAdmin } = await import('../support/people.ts');
    const admin = await loggedInAdmin(app);
    await app.ask(`POST /api/v1/admin/users/${id}/unlock`, { token: admin.access });
    expect((await attempt({ email, password })).status).to.equal(200);
  });

  it('is lifted for the network too from which the user guessed, once', async () => {
    const { email, password, id } = await registered(app);
    const network = nextNetwork();
    const wrong = () => attempt({ email, password: 'not the password' }, network);
    expect((await statuses(11, wrong)).at(-1)).to.equal(429);
    const { loggedInAdmin } = await import('../support/people.ts');
    const admin = await loggedInAdmin(app);
    await app.ask(`POST /api/v1/admin/users/${id}/unlock`, { token: admin.access });
    const after = await statuses(11, wrong);
    expect([after[0], after.at(-1)]).to.deep.equal([401, 429]);
    await app.ask(`POST /api/v1/admin/users/${id}/unlock`, { token: admin.access });
    expect((await attempt({ email, password }, network)).status).to.equal(200);
  });
});
